package io.rowseal.bench;

import io.rowseal.client.TableDescription;
import io.rowseal.encoding.Column;
import io.rowseal.encoding.MessageEncoder;
import io.rowseal.encoding.MessageFormat;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.VerificationKey;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;

/** Owners with keys of one algorithm, who sign rows before any clock runs. */
final class Owners {
  static final String CONTEXT = "bench";
  private static final List<Column> COLUMNS =
      List.of(
          new Column("user_hash", ValueKind.BYTES),
          new Column("uuid", ValueKind.TEXT),
          new Column("value_b64", ValueKind.BYTES),
          new Column("deleted_flag", ValueKind.BOOLEAN),
          new Column("parent_sign_b64", ValueKind.BYTES),
          new Column("owner_timestamp", ValueKind.INTEGER));
  private static final MessageEncoder MESSAGES =
      MessageFormat.ROWSEAL_V1.encoder(CONTEXT, COLUMNS, "owner_timestamp");
  private static final long FIRST_TIMESTAMP = 1_700_000_000L;

  private final SignatureAlgorithm algorithm;
  private final TableDescription table;
  private final List<Owner> owners;
  private final Map<Owner, VerificationKey> verifiers = new HashMap<>();

  Owners(SignatureAlgorithm algorithm, int count) {
    this.algorithm = algorithm;
    TableDescription described = TableDescription.of(CONTEXT);
    for (Column column : COLUMNS) {
      described = described.column(column.name(), column.kind());
    }
    table = described;
    owners = IntStream.range(0, count).mapToObj(i -> new Owner(algorithm)).toList();
    owners.forEach(owner -> verifiers.put(owner, algorithm.publicKey(owner.publicKey())));
  }

  SignatureAlgorithm algorithm() {
    return algorithm;
  }

  String cardTable() {
    return "cards_" + algorithm.label().toLowerCase(Locale.ROOT).replace("-", "");
  }

  List<Row> cards() {
    TableDescription cards =
        TableDescription.of(cardTable())
            .column("user_hash", ValueKind.BYTES)
            .column("sign_pkey", ValueKind.BYTES)
            .column("deleted_flag", ValueKind.BOOLEAN)
            .column("owner_timestamp", ValueKind.INTEGER)
            .publicKey("sign_pkey");
    return owners.stream()
        .map(owner -> owner.sign(cards, Map.of("deleted_flag", false, "owner_timestamp", 1L)))
        .toList();
  }

  /** First versions of new keys, with random values, shared out among the owners. */
  List<SignedRow> rows(int count, int valueBytes) {
    SplittableRandom random = new SplittableRandom();
    List<SplittableRandom> randoms =
        IntStream.range(0, count).mapToObj(i -> random.split()).toList();
    return IntStream.range(0, count)
        .parallel()
        .mapToObj(i -> first(owners.get(i % owners.size()), randoms.get(i), valueBytes))
        .toList();
  }

  /** The next version of each row. */
  List<SignedRow> successors(List<SignedRow> rows) {
    return rows.parallelStream().map(this::successor).toList();
  }

  private SignedRow first(Owner owner, SplittableRandom random, int valueBytes) {
    byte[] value = new byte[valueBytes];
    random.nextBytes(value);
    UUID uuid = new UUID(random.nextLong(), random.nextLong());
    return sign(owner, uuid, value, null, FIRST_TIMESTAMP);
  }

  private SignedRow successor(SignedRow row) {
    byte[] value = row.value().clone();
    value[0]++;
    return sign(row.owner(), row.uuid(), value, row.signature(), row.timestamp() + 1);
  }

  private SignedRow sign(Owner owner, UUID uuid, byte[] value, byte[] parent, long timestamp) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("uuid", uuid.toString());
    row.put("value_b64", value);
    row.put("deleted_flag", false);
    row.put("parent_sign_b64", parent);
    row.put("owner_timestamp", timestamp);
    Row signed = owner.sign(table, row);
    byte[] ownerId = signed.owner();
    byte[] message =
        MESSAGES.encode(new Object[] {ownerId, uuid.toString(), value, false, parent, timestamp});
    return new SignedRow(
        owner,
        ownerId,
        uuid,
        value,
        parent,
        timestamp,
        signed.signature(),
        message,
        verifiers.get(owner));
  }
}
