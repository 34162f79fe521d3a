package io.rowseal.testing.rows;

import io.rowseal.client.RowSigner;
import io.rowseal.client.TableDescription;
import io.rowseal.signature.HashAlgorithm;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** Somebody with a key, who signs rows of any table. Safe for use by several threads. */
public final class Owner {
  private final SigningKey key;
  private final Map<TableDescription, RowSigner> signers = new ConcurrentHashMap<>();

  public Owner(SignatureAlgorithm algorithm) {
    key = SigningKey.generate(algorithm, new SecureRandom());
  }

  /** An owner whose key and signatures follow from the source of randomness. */
  public Owner(SignatureAlgorithm algorithm, Random random) {
    key = SigningKey.generate(algorithm, new Repeatable(random));
  }

  /** The row with owner id, signature and, of an identity table, public key and certificates. */
  public Row sign(TableDescription table, Map<String, Object> values) {
    RowSigner signer =
        signers.computeIfAbsent(table, t -> new RowSigner(key, t.algorithm(key.algorithm())));
    return Row.of(signer.sign(values));
  }

  /** The row of the table {@link Cards#TABLE} that makes this owner known. */
  public Row card(long timestamp, String name) {
    return sign(
        Cards.DESCRIPTION,
        Map.of("name", name, "deleted_flag", false, "owner_timestamp", timestamp));
  }

  /** Over any bytes. */
  public byte[] signature(byte[] message) {
    return key.sign(message);
  }

  public byte[] id() {
    return HashAlgorithm.SHA3_512.digest(publicKey());
  }

  public byte[] publicKey() {
    return key.publicKey();
  }

  /** Randomness for tests alone: a seed must bring back the signatures that decided a tie. */
  private static final class Repeatable extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final Random random;

    Repeatable(Random random) {
      this.random = random;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      random.nextBytes(bytes);
    }
  }
}
