package io.rowseal.enforcement;

import io.rowseal.error.Refusal;
import io.rowseal.policy.Policy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The policies that this backend knows, by the SHA-256 of their settings. What goes by one id never
 * changes: other settings have another id. For one thread.
 */
public final class Policies {
  private static final int ID_LENGTH = 32;
  private static final int KEPT = 256;

  private final Map<ByteBuffer, Policy> policies = new HashMap<>();

  /** The policy that was asked for last: the rows of one statement mostly share it. */
  private Policy last;

  private byte[] lastId;

  /**
   * The policy of an id; null if it is not known.
   *
   * @throws io.rowseal.error.RefusedException RS012 if there is no id
   */
  public Policy find(byte[] id) {
    if (id == null) {
      throw Refusal.CONFIGURATION.because("there is no policy");
    }
    if (Arrays.equals(id, lastId)) {
      return last;
    }
    Policy found = policies.get(ByteBuffer.wrap(id));
    if (found != null) {
      last = found;
      lastId = id;
    }
    return found;
  }

  /**
   * The policy of an id.
   *
   * @throws io.rowseal.error.RefusedException RS012 if it is not known
   */
  public Policy require(byte[] id) {
    Policy found = find(id);
    if (found == null) {
      throw Refusal.CONFIGURATION.because("the policy was not told before it was used");
    }
    return found;
  }

  /**
   * Learns a policy. One that is known stays as it is: owners' keys are remembered with it.
   *
   * @param id the SHA-256 of the settings; the caller vouches for it
   * @param fields what the settings say
   * @throws io.rowseal.error.RefusedException RS012 for settings that cannot be
   */
  public void learn(byte[] id, String[] fields) {
    if (find(id) != null) {
      return;
    }
    if (id.length != ID_LENGTH) {
      throw Refusal.CONFIGURATION.because("a policy id has " + ID_LENGTH + " bytes");
    }
    Policy policy = Policy.read(fields);
    if (policies.size() >= KEPT) {
      policies.clear();
    }
    policies.put(ByteBuffer.wrap(id.clone()), policy);
  }
}
