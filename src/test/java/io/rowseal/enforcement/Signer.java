package io.rowseal.enforcement;

import io.rowseal.policy.Policy;
import io.rowseal.row.Images;
import io.rowseal.row.Row;
import io.rowseal.signature.HashAlgorithm;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import java.security.SecureRandom;

/** An owner of notes and of a card, as {@code Fields} describes them. */
public final class Signer {
  private final SigningKey key =
      SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());

  public byte[] id() {
    return HashAlgorithm.SHA3_512.digest(key.publicKey());
  }

  public byte[] publicKey() {
    return key.publicKey();
  }

  /** As SQL hands it over. */
  public byte[] card(boolean committed) {
    byte[] publicKey = key.publicKey();
    byte[] card = new byte[1 + publicKey.length];
    card[0] = (byte) (committed ? 1 : 0);
    System.arraycopy(publicKey, 0, card, 1, publicKey.length);
    return card;
  }

  /** The whole image of a note; what follows are its derived version ids. */
  public byte[] note(Policy policy, String id, String body, long timestamp, Object... ids) {
    return signed(policy, ids, id(), id, body, null, false, timestamp);
  }

  /** The whole image of a card. */
  public byte[] cardImage(Policy policy, long timestamp) {
    byte[] certified = {1, 2, 3};
    return signed(
        policy,
        new Object[0],
        id(),
        key.publicKey(),
        certified,
        key.sign(certified),
        false,
        timestamp);
  }

  private byte[] signed(Policy policy, Object[] ids, Object... values) {
    Object[] all = new Object[policy.columns().columns().size()];
    System.arraycopy(values, 0, all, 0, values.length);
    byte[] message = policy.message(Row.decode(Images.image(all), policy.columns()));
    all[values.length] = key.sign(message);
    System.arraycopy(ids, 0, all, values.length + 1, ids.length);
    return Images.image(all);
  }
}
