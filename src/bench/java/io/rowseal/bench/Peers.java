package io.rowseal.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowseal.signature.SignatureAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Row 8: others who do the same job. */
final class Peers {
  private static final String SOURCE = "bench_source";
  private static final String PYTHON_TABLE = "bench_python";
  private static final Path SOURCES = Path.of("src/bench/peers");
  private static final Path NODE = Path.of("target/bench/node");
  private static final Goal AHEAD = new Goal("> 1", ratio -> ratio > 1);

  private Peers() {}

  static final Benchmark PYTHON = Peers::python;
  static final Benchmark NODE_ED25519 = (s, f) -> node(s, f, SignatureAlgorithm.ED25519);
  static final Benchmark NODE_ML_DSA_87 = (s, f) -> node(s, f, SignatureAlgorithm.ML_DSA_87);

  /** A PL/Python trigger that looks up, verifies and orders as ours does. */
  private static void python(Stage stage, Findings findings) throws Exception {
    List<SignedRow> rows = stage.material.classicalRows.subList(0, stage.sizes.bulk());
    stage.database.run(Files.readString(SOURCES.resolve("enforce.sql")));
    stage.source(SOURCE, rows);
    Map<String, Samples> samples =
        new Trial()
            .side("PL/Python", () -> python(stage))
            .side("rowseal", () -> ours(stage, SignatureAlgorithm.ED25519))
            .run(stage.sizes.runs());
    stage.require("SELECT count(*) FROM " + PYTHON_TABLE, Integer.toString(rows.size()));
    double peer = samples.get("PL/Python").median() / rows.size();
    double ours = samples.get("rowseal").median() / rows.size();
    report(findings, "PL/Python trigger, python3-cryptography", "Ed25519", ours, peer, samples, "");
  }

  private static double python(Stage stage) throws SQLException {
    stage.database.run("DROP TABLE IF EXISTS " + PYTHON_TABLE);
    stage.table(PYTHON_TABLE);
    stage.database.run(
        "CREATE TRIGGER enforce BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION bench_enforce()"
            .formatted(PYTHON_TABLE));
    return stage.time(Stage.insert(PYTHON_TABLE, SOURCE));
  }

  private static double ours(Stage stage, SignatureAlgorithm algorithm) throws SQLException {
    stage.table(Stage.OURS);
    stage.protect(Stage.OURS, stage.material.owners(algorithm));
    return stage.time(Stage.insert(Stage.OURS, SOURCE));
  }

  /** An application that checks rows itself before it inserts them into a bare table. */
  private static void node(Stage stage, Findings findings, SignatureAlgorithm algorithm)
      throws Exception {
    prepareNode();
    List<SignedRow> rows = stage.material.rows(algorithm, stage.sizes.bulk(algorithm));
    List<SignedRow> checked = rows.subList(0, Math.min(rows.size(), stage.sizes.checkedByPeer()));
    Path input = NODE.resolve("rows.jsonl");
    write(input, checked);
    stage.source(SOURCE, rows);
    Map<String, Samples> samples =
        new Trial()
            .side("check in Node", () -> check(input, algorithm))
            .side(
                "bare",
                () -> {
                  stage.table(Stage.BARE);
                  return stage.time(Stage.insert(Stage.BARE, SOURCE));
                })
            .side("rowseal", () -> ours(stage, algorithm))
            .run(stage.sizes.runs());
    double bare = samples.get("bare").median() / rows.size();
    double peer = samples.get("check in Node").median() / checked.size() + bare;
    double ours = samples.get("rowseal").median() / rows.size();
    report(
        findings,
        "application in Node, "
            + (algorithm == SignatureAlgorithm.ED25519 ? "@noble/curves" : "@noble/post-quantum"),
        algorithm.label(),
        ours,
        peer,
        samples,
        "%d rows checked by the peer, whose time on the wire is not counted"
            .formatted(checked.size()));
  }

  private static void report(
      Findings findings,
      String peer,
      String algorithm,
      double ours,
      double theirs,
      Map<String, Samples> samples,
      String note) {
    findings.add(
        new Line(
            8,
            "bulk first delivery, " + algorithm + ", per row",
            Unit.time(ours),
            Unit.time(theirs) + " " + peer,
            theirs / ours,
            AHEAD,
            note,
            samples));
    findings.bar(Plot.PEERS, algorithm + ": " + peer, "peer", theirs * 1e6);
    findings.bar(Plot.PEERS, algorithm + ": " + peer, "Rowseal", ours * 1e6);
  }

  private static void prepareNode() throws IOException, InterruptedException {
    Files.createDirectories(NODE);
    for (String file : List.of("package.json", "check.mjs")) {
      Files.copy(SOURCES.resolve(file), NODE.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Shell.run(NODE, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error");
  }

  private static double check(Path input, SignatureAlgorithm algorithm)
      throws IOException, InterruptedException {
    return Double.parseDouble(
        Shell.run(NODE, "node", "check.mjs", input.getFileName().toString(), algorithm.label()));
  }

  private static void write(Path file, List<SignedRow> rows) throws IOException {
    ObjectMapper json = new ObjectMapper();
    try (var out = Files.newBufferedWriter(file)) {
      for (SignedRow row : rows) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("user_hash", HexFormat.of().formatHex(row.ownerId()));
        fields.put("uuid", row.uuid().toString());
        fields.put("value_b64", HexFormat.of().formatHex(row.value()));
        fields.put("owner_timestamp", row.timestamp());
        fields.put("sign_b64", HexFormat.of().formatHex(row.signature()));
        fields.put("sign_pkey", HexFormat.of().formatHex(row.owner().publicKey()));
        out.write(json.writeValueAsString(fields));
        out.newLine();
      }
    }
  }
}
