package io.rowseal.bench;

import io.rowseal.encoding.Column;
import io.rowseal.encoding.MessageEncoder;
import io.rowseal.encoding.MessageFormat;
import io.rowseal.encoding.ValueKind;
import io.rowseal.ordering.OrderingDecision;
import io.rowseal.ordering.Version;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import io.rowseal.signature.VerificationKey;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The parts that need no database, one call each, for JMH. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PureParts {

  /** What is encoded and ordered; the same for all algorithms. */
  @State(Scope.Thread)
  public static class Row {
    final MessageEncoder encoder =
        MessageFormat.ROWSEAL_V1.encoder(
            "bench",
            List.of(
                new Column("user_hash", ValueKind.BYTES),
                new Column("uuid", ValueKind.TEXT),
                new Column("value_b64", ValueKind.BYTES),
                new Column("deleted_flag", ValueKind.BOOLEAN),
                new Column("owner_timestamp", ValueKind.INTEGER)),
            "owner_timestamp");
    final Object[] image = {
      new byte[64],
      "550e8400-e29b-41d4-a716-446655440000",
      new byte[Sizes.VALUE_BYTES],
      false,
      1_700_000_000L
    };
    final Version incoming = new Version(1_700_000_000L, new byte[64]);
    final Version stored = new Version(1_700_000_000L, new byte[64]);
  }

  /** A signed message of the row's size. */
  @State(Scope.Thread)
  public static class Signed {
    @Param({
      "Ed25519",
      "Ed448",
      "ES256",
      "ES256K",
      "ML-DSA-44",
      "ML-DSA-65",
      "ML-DSA-87",
      "SLH-DSA-SHA2-128s"
    })
    public String algorithm;

    VerificationKey key;
    byte[] message;
    byte[] signature;

    @Setup
    public void sign() {
      SignatureAlgorithm named = SignatureAlgorithm.named(algorithm).orElseThrow();
      SigningKey signer = SigningKey.generate(named, new SecureRandom());
      Row row = new Row();
      key = named.publicKey(signer.publicKey());
      message = row.encoder.encode(row.image);
      signature = signer.sign(message);
    }
  }

  @Benchmark
  public byte[] encoding(Row row) {
    return row.encoder.encode(row.image);
  }

  @Benchmark
  public OrderingDecision decision(Row row) {
    return OrderingDecision.of(row.incoming, row.stored);
  }

  @Benchmark
  public VerificationKey verification(Signed signed) {
    signed.key.verify(signed.message, signed.signature);
    return signed.key;
  }
}
