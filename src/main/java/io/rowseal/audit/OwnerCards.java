package io.rowseal.audit;

import io.rowseal.encoding.ValueKind;
import io.rowseal.enforcement.Verifier;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Policy;
import io.rowseal.row.ImageBatch;
import io.rowseal.row.Row;
import io.rowseal.signature.VerificationKey;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The keys of the owners of a batch. They are read from the cards that came with it, and from
 * nothing else: what a backend remembers would hide that a card is gone.
 */
final class OwnerCards {
  private static final String BYTES = "\\x";

  private final Policy policy;
  private final ImageBatch cards;
  private final Object[] ids;
  private final VerificationKey[] keys;
  private final RefusedException[] refused;
  private final Map<Object, Integer> places = new HashMap<>();

  /**
   * @param owners ids as text
   * @param cards in the order of the owners; NULL or empty if there is none
   * @throws RefusedException RS006 if the two do not fit each other
   */
  OwnerCards(Policy policy, String[] owners, byte[] cards) {
    this.policy = policy;
    this.cards = ImageBatch.read(cards);
    if (owners == null || owners.length != this.cards.size()) {
      throw malformed("as many owners as cards are needed");
    }
    this.ids = new Object[owners.length];
    this.keys = new VerificationKey[owners.length];
    this.refused = new RefusedException[owners.length];
    for (int i = 0; i < owners.length; i++) {
      ids[i] = id(owners[i]);
      places.put(comparable(ids[i]), i);
    }
  }

  int size() {
    return ids.length;
  }

  /** Reads one card; each can be read by a thread of its own. */
  void read(int place) {
    try {
      keys[place] = Verifier.ownersKey(policy, ids[place], cards.element(place));
    } catch (RefusedException e) {
      refused[place] = e;
    }
  }

  /**
   * The key of a row's owner, after all cards were read.
   *
   * @throws RefusedException RS003, RS004 or RS006 if there is none
   */
  VerificationKey key(Row row) {
    Integer place = places.get(comparable(row.owner()));
    if (place == null) {
      return Verifier.ownersKey(policy, row.owner(), null);
    }
    if (refused[place] != null) {
      throw refused[place];
    }
    return keys[place];
  }

  private Object id(String text) {
    if (text == null) {
      throw malformed("an owner id is null");
    }
    if (policy.ownerId().kind() == ValueKind.TEXT) {
      return text;
    }
    try {
      return HexFormat.of().parseHex(text, text.startsWith(BYTES) ? 2 : 0, text.length());
    } catch (IllegalArgumentException e) {
      throw malformed("an owner id is not hexadecimal");
    }
  }

  private static Object comparable(Object id) {
    return id instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : id;
  }

  private static RefusedException malformed(String what) {
    return Refusal.MALFORMED.because(what);
  }
}
