package io.rowseal.audit;

import io.rowseal.encoding.MessageEncoder;
import io.rowseal.encoding.MessageFormat;
import io.rowseal.enforcement.Verifier;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Policy;
import io.rowseal.policy.Signing;
import io.rowseal.row.ImageBatch;
import io.rowseal.row.Row;
import io.rowseal.row.TableColumn;
import io.rowseal.work.Workers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks at stored rows batch by batch. The caller reads the rows and decides how many are in memory
 * at a time; a batch is worked on by all cores. Nothing is remembered from one batch to the next.
 */
public final class Auditor {
  private static final int DIGEST_LENGTH = 32;

  private final Workers workers;

  /**
   * @param workers who help
   */
  public Auditor(Workers workers) {
    this.workers = workers;
  }

  /**
   * The owners of the rows in a batch, each once, as text; none where rows carry their own keys. An
   * image that cannot be read has no owner here: {@link #verify} will name it.
   *
   * @param images of the rows, an array of {@code bytea} in binary form
   * @throws RefusedException RS006 if it is not such an array
   */
  public String[] owners(Policy policy, byte[] images) {
    ImageBatch batch = ImageBatch.read(images);
    Set<String> owners = new LinkedHashSet<>();
    for (int i = 0; i < batch.size() && !policy.holdsIdentities(); i++) {
      String owner = owner(policy, batch, i);
      if (owner != null) {
        owners.add(owner);
      }
    }
    return owners.toArray(String[]::new);
  }

  /**
   * Verifies stored rows.
   *
   * @param images of the rows, an array of {@code bytea} in binary form
   * @param owners as {@link #owners} names them
   * @param cards of the owners in the same order, an array of {@code bytea} in binary form; NULL or
   *     empty for an owner without a card
   * @return three texts for each row that is not its owner's word: place in the batch from 1,
   *     SQLSTATE, problem
   * @throws RefusedException RS006 if the arguments do not fit each other
   */
  public String[] verify(Policy policy, byte[] images, String[] owners, byte[] cards) {
    ImageBatch batch = ImageBatch.read(images);
    OwnerCards keys = new OwnerCards(policy, owners, cards);
    workers.forEach(keys.size(), keys::read);
    RefusedException[] refused = new RefusedException[batch.size()];
    workers.forEach(refused.length, i -> refused[i] = refusal(policy, batch, i, keys));
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < refused.length; i++) {
      if (refused[i] != null) {
        texts.add(Integer.toString(i + 1));
        texts.add(refused[i].refusal().sqlState());
        texts.add(refused[i].getMessage());
      }
    }
    return texts.toArray(String[]::new);
  }

  /**
   * Digests stored rows. A version's digest covers what its owner signed, and the signature; it is
   * the same on every peer, whatever order or names columns have there.
   *
   * @param images of the rows, an array of {@code bytea} in binary form
   * @return for each row the SHA-256 of its key and the SHA-256 of the version, one after the other
   * @throws RefusedException RS006 if one of them is not an image of such a row
   */
  public byte[] digests(Policy policy, byte[] images) {
    ImageBatch batch = ImageBatch.read(images);
    MessageEncoder key = encoder(policy.columns().keyColumns());
    MessageEncoder version = encoder(policy.columns().version());
    byte[] digests = new byte[Math.multiplyExact(2 * DIGEST_LENGTH, batch.size())];
    RefusedException[] refused = new RefusedException[batch.size()];
    workers.forEach(
        batch.size(),
        i -> {
          try {
            Row row = batch.row(i, policy.columns());
            digest(key.encode(row.key()), digests, 2 * i);
            digest(version.encode(row.values()), digests, 2 * i + 1);
          } catch (RefusedException e) {
            refused[i] = e;
          }
        });
    throwFirst(refused);
    return digests;
  }

  private static String owner(Policy policy, ImageBatch batch, int place) {
    try {
      return Row.printed(batch.row(place, policy.columns()).owner());
    } catch (RefusedException e) {
      return null;
    }
  }

  private static RefusedException refusal(
      Policy policy, ImageBatch batch, int place, OwnerCards cards) {
    try {
      Row row = batch.row(place, policy.columns());
      policy.checkStoredShape(row);
      Verifier.verify(
          policy, row, policy.holdsIdentities() ? Verifier.ownKey(policy, row) : cards.key(row));
      return null;
    } catch (RefusedException refused) {
      return refused;
    }
  }

  private static void throwFirst(RefusedException[] refused) {
    for (RefusedException e : refused) {
      if (e != null) {
        throw e;
      }
    }
  }

  /**
   * The encoding of {@code rowseal-v1}, whatever the table's format: it can encode any row, even
   * one that nobody can have signed, no two rows alike, and does not depend on the order of
   * columns.
   */
  private static MessageEncoder encoder(List<TableColumn> columns) {
    return MessageFormat.ROWSEAL_V1.encoder("", Signing.columns(columns), "");
  }

  private static void digest(byte[] bytes, byte[] digests, int place) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      System.arraycopy(digest, 0, digests, place * DIGEST_LENGTH, DIGEST_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
