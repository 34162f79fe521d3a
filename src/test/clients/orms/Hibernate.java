import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.SQLInsert;
import org.hibernate.cfg.Configuration;
import org.hibernate.jdbc.Expectation;

public class Hibernate {
  public record Key(byte[] user_hash, UUID id) implements Serializable {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(key.user_hash, user_hash) && id.equals(key.id);
    }

    @Override
    public int hashCode() {
      return id.hashCode();
    }
  }

  @MappedSuperclass
  public static class Columns {
    @Id public byte[] user_hash;
    @Id public UUID id;
    public String body;
    public Boolean deleted_flag;
    public Long owner_timestamp;
    public byte[] sign_b64;
  }

  @Entity
  @Table(name = "notes")
  @IdClass(Key.class)
  public static class Note extends Columns {}

  @Entity
  @Table(name = "notes")
  @IdClass(Key.class)
  @SQLInsert(
      sql = "INSERT INTO notes (body, deleted_flag, owner_timestamp, sign_b64, user_hash, id) VALUES (?, ?, ?, ?, ?, ?)",
      verify = Expectation.None.class)
  public static class Uncounted extends Columns {}

  @Entity
  @Table(name = "notes_in")
  @IdClass(Key.class)
  public static class NoteIn extends Columns {}

  private static SessionFactory factory;
  private static List<String> rows;

  public static void main(String[] arguments) throws Exception {
    URI db = URI.create(arguments[0]);
    String[] user = db.getUserInfo().split(":");
    rows = Pattern.compile("\\{[^}]*\\}").matcher(Files.readString(Path.of("rows.json"))).results().map(r -> r.group()).toList();
    factory =
        new Configuration()
            .addAnnotatedClass(Note.class).addAnnotatedClass(Uncounted.class).addAnnotatedClass(NoteIn.class)
            .setProperty("hibernate.connection.url", "jdbc:postgresql://" + db.getHost() + ":" + db.getPort() + db.getPath())
            .setProperty("hibernate.connection.username", user[0])
            .setProperty("hibernate.connection.password", user[1])
            .setProperty("hibernate.jdbc.batch_size", "10")
            .buildSessionFactory();
    attempt("persist", s -> persisted(s, new Note(), 0));
    attempt("persist newer", s -> persisted(s, new Note(), 1));
    attempt("merge newer", s -> s.merge(note(new Note(), 1)).body);
    attempt("merge older", s -> s.merge(note(new Note(), 0)).body);
    attempt("persist newer, not counted", s -> persisted(s, new Uncounted(), 2));
    attempt("persist older, not counted", s -> persisted(s, new Uncounted(), 0));
    attempt("view: persist older", s -> persisted(s, new NoteIn(), 0));
    attempt("view: persist again", s -> persisted(s, new NoteIn(), 2));
    try (var session = factory.openStatelessSession()) {
      session.beginTransaction();
      session.upsert(note(new Note(), 1));
      session.getTransaction().commit();
      System.out.println("stateless upsert older => done; stored: " + stored());
    }
    factory.close();
  }

  private static String persisted(Session session, Columns note, int row) {
    session.persist(note(note, row));
    return note.body;
  }

  private static void attempt(String what, Function<Session, String> call) {
    String result;
    try {
      result = factory.fromTransaction(call::apply);
    } catch (RuntimeException e) {
      result = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    System.out.println(what + " => " + result + "; stored: " + stored());
  }

  private static String stored() {
    return factory.fromSession(
        s -> s.createNativeQuery("SELECT string_agg(body, ' | ') FROM notes", String.class).getSingleResult());
  }

  private static <T extends Columns> T note(T note, int row) {
    note.user_hash = bytes(field(row, "user_hash"));
    note.id = UUID.fromString(field(row, "id"));
    note.body = field(row, "body");
    note.deleted_flag = false;
    note.owner_timestamp = Long.valueOf(field(row, "owner_timestamp"));
    note.sign_b64 = bytes(field(row, "sign_b64"));
    return note;
  }

  private static String field(int row, String name) {
    Matcher value = Pattern.compile('"' + name + "\":\"([^\"]*)\"").matcher(rows.get(row));
    value.find();
    return value.group(1);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace("\\", "").substring(1));
  }
}
