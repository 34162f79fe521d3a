package io.rowseal.testing.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rowseal.testing.rows.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Serves shapes over HTTP as Electric's documentation says: logs of messages, read from an offset,
 * and waited for at their end. It serves whatever it is told to.
 */
public final class Shapes implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LONG_POLL_MS = 1500;

  /** An answer in the place of the one that would be right. */
  public record Answer(int status, Map<String, String> headers, byte[] body) {
    public static Answer of(int status, String... headers) {
      Map<String, String> named = new HashMap<>();
      for (int i = 0; i < headers.length; i += 2) {
        named.put(headers[i], headers[i + 1]);
      }
      return new Answer(status, named, new byte[0]);
    }

    public Answer with(String text) {
      return new Answer(status, headers, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static final class Log {
    final List<String> messages = new ArrayList<>();
    int handle = 1;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Log> logs = new HashMap<>();
  private final Map<String, Deque<Answer>> faults = new HashMap<>();
  private final List<Map<String, String>> requests = new ArrayList<>();

  public Shapes() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/shape", this::answer);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A message for a row that was inserted or updated, as Electric writes it. */
  public static String change(String operation, String table, Object row) {
    return Json.of(
        Map.of(
            "headers",
            Map.of("operation", operation, "relation", List.of("public", table)),
            "key",
            "\"public\".\"" + table + "\"",
            "value",
            row));
  }

  public synchronized void append(String table, String... messages) {
    log(table).messages.addAll(Arrays.asList(messages));
    notifyAll();
  }

  /** An answer of Electric's, as it came. */
  public void appendAll(String table, String array) throws IOException {
    for (JsonNode message : JSON.readTree(array)) {
      append(table, message.toString());
    }
  }

  /** Another log in the place of this one, as where Electric has lost it. */
  public synchronized void rebuild(String table, String... messages) {
    Log log = log(table);
    log.handle++;
    log.messages.clear();
    append(table, messages);
  }

  /** Answers that the next requests for a table get. */
  public synchronized void failNext(String table, Answer... answers) {
    faults.computeIfAbsent(table, t -> new ArrayDeque<>()).addAll(Arrays.asList(answers));
  }

  /** The parameters of all requests so far. */
  public synchronized List<Map<String, String>> requests() {
    return List.copyOf(requests);
  }

  /** How many messages there are of all tables. */
  public synchronized int size() {
    return logs.values().stream().mapToInt(log -> log.messages.size()).sum();
  }

  private Log log(String table) {
    return logs.computeIfAbsent(table, t -> new Log());
  }

  private void answer(HttpExchange exchange) throws IOException {
    Map<String, String> query =
        Arrays.stream(exchange.getRequestURI().getRawQuery().split("&"))
            .map(part -> part.split("=", 2))
            .collect(
                Collectors.toMap(
                    part -> part[0], part -> URLDecoder.decode(part[1], StandardCharsets.UTF_8)));
    Answer answer;
    try {
      answer = answer(query);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try (exchange) {
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      if (answer.status() != 0) { // else the connection just ends
        exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : 0);
        if (answer.body().length > 0) {
          exchange.getResponseBody().write(answer.body());
        }
      }
    }
  }

  private synchronized Answer answer(Map<String, String> query) throws InterruptedException {
    requests.add(query);
    String table = query.get("table");
    Answer fault = faults.getOrDefault(table, new ArrayDeque<>()).poll();
    if (fault != null) {
      return fault;
    }
    Log log = log(table);
    int from =
        query.get("offset").equals("-1")
            ? 0
            : Integer.parseInt(query.get("offset").replace("_0", ""));
    String handle = table + "-" + log.handle;
    if (from > 0 && !handle.equals(query.get("handle"))) {
      return Answer.of(409, "electric-handle", handle)
          .with("[{\"headers\":{\"control\":\"must-refetch\"}}]");
    }
    if (query.containsKey("live")) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONG_POLL_MS);
      for (long left = LONG_POLL_MS; left > 0 && log.messages.size() == from; ) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
      if (log.messages.size() < from) {
        return answer(query); // It was rebuilt meanwhile.
      }
    }
    List<String> messages = new ArrayList<>(log.messages.subList(from, log.messages.size()));
    messages.add("{\"headers\":{\"control\":\"up-to-date\",\"global_last_seen_lsn\":\"1\"}}");
    return Answer.of(
            200,
            "electric-handle",
            handle,
            "electric-offset",
            log.messages.size() + "_0",
            "electric-cursor",
            "7",
            "electric-up-to-date",
            "")
        .with("[" + String.join(",", messages) + "]");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    try {
      threads.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
