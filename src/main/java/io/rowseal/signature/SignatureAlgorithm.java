package io.rowseal.signature;

import io.rowseal.error.Refusal;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.math.ec.rfc8032.Ed448;

/** The algorithms by which owners sign. Names are those of the COSE and JOSE registries. */
public enum SignatureAlgorithm {
  /** RFC 8032, section 5.1. */
  ED25519("Ed25519", 64, 32) {
    @Override
    VerificationKey decode(byte[] raw) {
      // Full validation refuses points of small or mixed order, under which one signature fits many
      // messages.
      Ed25519.PublicPoint point = require(Ed25519.validatePublicKeyFullExport(raw, 0));
      return new CheckedKey(
          this,
          (message, signature) -> Ed25519.verify(signature, 0, point, message, 0, message.length));
    }

    @Override
    SigningKey generate(SecureRandom random) {
      return EdwardsKeys.ed25519(random);
    }

    @Override
    SigningKey signingKey(byte[] privateKey, SecureRandom random) {
      return EdwardsKeys.ed25519(privateKey);
    }
  },
  /** RFC 8032, section 5.2, with the empty context. */
  ED448("Ed448", 114, 57) {
    @Override
    VerificationKey decode(byte[] raw) {
      Ed448.PublicPoint point = require(Ed448.validatePublicKeyFullExport(raw, 0));
      return new CheckedKey(
          this,
          (message, signature) ->
              Ed448.verify(
                  signature, 0, point, EdwardsKeys.NO_CONTEXT, message, 0, message.length));
    }

    @Override
    SigningKey generate(SecureRandom random) {
      return EdwardsKeys.ed448(random);
    }

    @Override
    SigningKey signingKey(byte[] privateKey, SecureRandom random) {
      return EdwardsKeys.ed448(privateKey);
    }
  },
  /** FIPS 186-5 over P-256 with SHA-256; r and s of 32 bytes each. */
  ES256("ES256", 64, 33, 65) {
    @Override
    VerificationKey decode(byte[] raw) {
      return Ecdsa.P256.decode(this, raw);
    }

    @Override
    SigningKey generate(SecureRandom random) {
      return Ecdsa.P256.generate(this, random);
    }

    @Override
    SigningKey signingKey(byte[] privateKey, SecureRandom random) {
      return Ecdsa.P256.signingKey(this, privateKey);
    }

    @Override
    byte[] normalized(byte[] signature) {
      return Ecdsa.P256.normalized(signature);
    }

    @Override
    byte[] uncompressed(byte[] publicKey) {
      return Ecdsa.P256.uncompressed(publicKey);
    }
  },
  /** RFC 8812 over secp256k1 with SHA-256; r and s of 32 bytes each. */
  ES256K("ES256K", 64, 33, 65) {
    @Override
    VerificationKey decode(byte[] raw) {
      return Ecdsa.SECP256K1.decode(this, raw);
    }

    @Override
    SigningKey generate(SecureRandom random) {
      return Ecdsa.SECP256K1.generate(this, random);
    }

    @Override
    SigningKey signingKey(byte[] privateKey, SecureRandom random) {
      return Ecdsa.SECP256K1.signingKey(this, privateKey);
    }

    @Override
    byte[] normalized(byte[] signature) {
      return Ecdsa.SECP256K1.normalized(signature);
    }

    @Override
    byte[] uncompressed(byte[] publicKey) {
      return Ecdsa.SECP256K1.uncompressed(publicKey);
    }
  },
  /** FIPS 204, pure, with the empty context. */
  ML_DSA_44("ML-DSA-44", 2420, 1312) {
    @Override
    VerificationKey decode(byte[] raw) {
      return LatticeKeys.decode(this, MLDSAParameters.ml_dsa_44, raw);
    }

    @Override
    SigningKey generate(SecureRandom random) {
      return LatticeKeys.generate(this, MLDSAParameters.ml_dsa_44, random);
    }

    @Override
    SigningKey signingKey(byte[] privateKey, SecureRandom random) {
      return LatticeKeys.signingKey(this, MLDSAParameters.ml_dsa_44, privateKey, random);
    }
  },
  /** FIPS 204, pure, with the empty context. */
  ML_DSA_65("ML-DSA-65", 3309, 1952) {
    @Override
    VerificationKey decode(byte[] raw) {
      return LatticeKeys.decode(this, MLDSAParameters.ml_dsa_65, raw);
    }

    @Override
    SigningKey generate(SecureRandom random) {
      return LatticeKeys.generate(this, MLDSAParameters.ml_dsa_65, random);
    }

    @Override
    SigningKey signingKey(byte[] privateKey, SecureRandom random) {
      return LatticeKeys.signingKey(this, MLDSAParameters.ml_dsa_65, privateKey, random);
    }
  },
  /** FIPS 204, pure, with the empty context. */
  ML_DSA_87("ML-DSA-87", 4627, 2592) {
    @Override
    VerificationKey decode(byte[] raw) {
      return LatticeKeys.decode(this, MLDSAParameters.ml_dsa_87, raw);
    }

    @Override
    SigningKey generate(SecureRandom random) {
      return LatticeKeys.generate(this, MLDSAParameters.ml_dsa_87, random);
    }

    @Override
    SigningKey signingKey(byte[] privateKey, SecureRandom random) {
      return LatticeKeys.signingKey(this, MLDSAParameters.ml_dsa_87, privateKey, random);
    }
  },
  /** FIPS 205, pure, with the empty context. */
  SLH_DSA_SHA2_128S("SLH-DSA-SHA2-128s", 7856, 32) {
    @Override
    VerificationKey decode(byte[] raw) {
      return HashBasedKeys.decode(this, raw);
    }

    @Override
    SigningKey generate(SecureRandom random) {
      return HashBasedKeys.generate(this, random);
    }

    @Override
    SigningKey signingKey(byte[] privateKey, SecureRandom random) {
      return HashBasedKeys.signingKey(this, privateKey, random);
    }
  };

  private final String label;
  private final int signatureLength;
  private final int[] publicKeyLengths;

  SignatureAlgorithm(String label, int signatureLength, int... publicKeyLengths) {
    this.label = label;
    this.signatureLength = signatureLength;
    this.publicKeyLengths = publicKeyLengths;
  }

  /** The name by which settings call the algorithm. */
  public String label() {
    return label;
  }

  /** The algorithm of that name. */
  public static Optional<SignatureAlgorithm> named(String label) {
    for (SignatureAlgorithm algorithm : values()) {
      if (algorithm.label.equals(label)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  /** All names, for messages. */
  public static List<String> labels() {
    List<String> labels = new ArrayList<>();
    for (SignatureAlgorithm algorithm : values()) {
      labels.add(algorithm.label);
    }
    return labels;
  }

  /** In bytes. */
  public int signatureLength() {
    return signatureLength;
  }

  /** In bytes; a SEC1 point has two forms. */
  IntStream publicKeyLengths() {
    return IntStream.of(publicKeyLengths);
  }

  /**
   * Decodes a raw public key.
   *
   * @throws io.rowseal.error.RefusedException RS006 if it has the wrong length or is not a key of
   *     this algorithm
   */
  public VerificationKey publicKey(byte[] raw) {
    if (!hasLengthOfKey(raw)) {
      String lengths =
          publicKeyLengths().mapToObj(Integer::toString).collect(Collectors.joining(" or "));
      throw Refusal.MALFORMED.because(
          "an " + label + " public key has " + lengths + " bytes, not " + raw.length);
    }
    try {
      return decode(raw);
    } catch (IllegalArgumentException e) {
      throw Refusal.MALFORMED.because("the public key is not a valid " + label + " key");
    }
  }

  private boolean hasLengthOfKey(byte[] raw) {
    for (int length : publicKeyLengths) {
      if (length == raw.length) {
        return true;
      }
    }
    return false;
  }

  /** Whether all keys have as many bytes. */
  public boolean hasOneKeyLength() {
    return publicKeyLengths.length == 1;
  }

  /**
   * Whether a signature fits one message only, even if who holds the key wants it otherwise. Not so
   * ECDSA: who chooses two messages first and then the key makes a signature that fits both, since
   * r says nothing of the sign of the point that it comes from.
   */
  public boolean bindsMessages() {
    return this != ES256 && this != ES256K;
  }

  /** Decodes bytes of the right length; IllegalArgumentException if they are no key. */
  abstract VerificationKey decode(byte[] raw);

  abstract SigningKey generate(SecureRandom random);

  /** The key pair of a private key; IllegalArgumentException if it is none. */
  abstract SigningKey signingKey(byte[] privateKey, SecureRandom random);

  /** Of the signatures that verify alike, the one that is welcome. */
  byte[] normalized(byte[] signature) {
    return signature;
  }

  /** The SEC1 point in its long form. */
  byte[] uncompressed(byte[] publicKey) {
    throw new UnsupportedOperationException(label + " keys have one form only");
  }

  private static <T> T require(T point) {
    if (point == null) {
      throw new IllegalArgumentException("not a point of the prime-order group");
    }
    return point;
  }
}
