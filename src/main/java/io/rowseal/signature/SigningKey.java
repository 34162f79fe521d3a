package io.rowseal.signature;

import java.security.SecureRandom;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * An owner's key pair in memory. It stays with the owner: nothing in the database ever uses one.
 * Immutable, safe for use by several threads.
 */
public final class SigningKey implements OwnerKey {
  private final SignatureAlgorithm algorithm;
  private final byte[] privateKey;
  private final byte[] publicKey;
  private final UnaryOperator<byte[]> signer;

  SigningKey(
      SignatureAlgorithm algorithm,
      byte[] privateKey,
      byte[] publicKey,
      UnaryOperator<byte[]> signer) {
    this.algorithm = algorithm;
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.signer = signer;
  }

  /** A new key pair. */
  public static SigningKey generate(SignatureAlgorithm algorithm, SecureRandom random) {
    return algorithm.generate(random);
  }

  /**
   * The key pair of a raw private key: the seed of 32 bytes (57 for Ed448) of EdDSA and ML-DSA, the
   * scalar of ECDSA, the 64 bytes of SLH-DSA, or an expanded ML-DSA key.
   *
   * @throws IllegalArgumentException if it is no private key of the algorithm
   */
  public static SigningKey ofRaw(SignatureAlgorithm algorithm, byte[] privateKey) {
    return algorithm.signingKey(privateKey.clone(), new SecureRandom());
  }

  /**
   * The key pair of a PKCS#8 structure (RFC 5958) in DER, not encrypted.
   *
   * @throws IllegalArgumentException if it is none, or of an algorithm that Rowseal has not
   */
  public static SigningKey ofPkcs8(byte[] der) {
    return PrivateKeyFormats.ofPkcs8(der);
  }

  /**
   * The key pair of the {@code PRIVATE KEY} in a PEM text, not encrypted.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static SigningKey ofPem(String pem) {
    return PrivateKeyFormats.ofPem(pem);
  }

  /**
   * The key pair of a private JSON Web Key (RFC 7517), of type OKP, EC or AKP.
   *
   * @param members as any JSON library reads them
   * @throws IllegalArgumentException if it is none, or its public and private key do not fit
   */
  public static SigningKey ofJwk(Map<String, ?> members) {
    return PrivateKeyFormats.ofJwk(members);
  }

  @Override
  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  /** Raw, as the algorithm's standard defines it; a SEC1 point is compressed. */
  @Override
  public byte[] publicKey() {
    return publicKey.clone();
  }

  @Override
  public byte[] sign(byte[] message) {
    return signer.apply(message);
  }

  /**
   * The same ECDSA key with an uncompressed point as its public key. Its owner id is another one.
   */
  public SigningKey uncompressed() {
    return new SigningKey(algorithm, privateKey, algorithm.uncompressed(publicKey), signer);
  }

  /** The private key as {@link #ofRaw} takes it. */
  public byte[] raw() {
    return privateKey.clone();
  }

  /** As PKCS#8 in DER. */
  public byte[] pkcs8() {
    return PrivateKeyFormats.pkcs8(this);
  }

  /** As PKCS#8 in PEM. */
  public String pem() {
    return PrivateKeyFormats.pem(this);
  }

  /** As a private JSON Web Key. */
  public Map<String, String> jwk() {
    return PrivateKeyFormats.jwk(this);
  }

  /** Without the private key: a key in a log is a key lost. */
  @Override
  public String toString() {
    return algorithm.label() + " key";
  }
}
