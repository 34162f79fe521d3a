package io.rowseal.signature;

import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;

/**
 * Private keys as PKCS#8 (RFC 5958), PEM (RFC 7468) and JSON Web Keys (RFC 7517). What stands in a
 * PKCS#8 structure: RFC 8410 (EdDSA), RFC 5915 (EC), RFC 9881 (ML-DSA), RFC 9909 (SLH-DSA).
 */
final class PrivateKeyFormats {
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([\\sA-Za-z0-9+/=]+)-----END PRIVATE KEY-----");
  private static final Map<SignatureAlgorithm, String> CURVES =
      Map.of(
          SignatureAlgorithm.ED25519, "Ed25519",
          SignatureAlgorithm.ED448, "Ed448",
          SignatureAlgorithm.ES256, "P-256",
          SignatureAlgorithm.ES256K, "secp256k1");
  private static final int SCALAR = 32;
  private static final int ML_DSA_SEED = 32;

  private PrivateKeyFormats() {}

  static SigningKey ofPkcs8(byte[] der) {
    try {
      PrivateKeyInfo info = PrivateKeyInfo.getInstance(der);
      SignatureAlgorithm algorithm = Spki.algorithm(info.getPrivateKeyAlgorithm());
      return SigningKey.ofRaw(algorithm, raw(algorithm, info));
    } catch (IOException | IllegalStateException | ClassCastException e) {
      throw new IllegalArgumentException("not a private key as PKCS#8", e);
    }
  }

  private static byte[] raw(SignatureAlgorithm algorithm, PrivateKeyInfo info) throws IOException {
    return switch (algorithm) {
      case ES256, ES256K ->
          ECPrivateKey.getInstance(info.parsePrivateKey()).getPrivateKey().getOctets();
      case SLH_DSA_SHA2_128S -> info.getPrivateKey().getOctets();
      case ED25519, ED448, ML_DSA_44, ML_DSA_65, ML_DSA_87 -> octets(info.parsePrivateKey());
    };
  }

  /** A string, a tagged seed, or a sequence of a seed and the expanded key. */
  private static byte[] octets(ASN1Encodable key) {
    if (key instanceof ASN1TaggedObject seed) {
      return ASN1OctetString.getInstance(seed, false).getOctets();
    }
    return ASN1OctetString.getInstance(key instanceof ASN1Sequence both ? both.getObjectAt(0) : key)
        .getOctets();
  }

  static byte[] pkcs8(SigningKey key) {
    try {
      return info(key).getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("DER encoding failed", e);
    }
  }

  private static PrivateKeyInfo info(SigningKey key) throws IOException {
    var identifier = Spki.identifier(key.algorithm());
    byte[] raw = key.raw();
    return switch (key.algorithm()) {
      case ES256, ES256K ->
          new PrivateKeyInfo(identifier, new ECPrivateKey(new DEROctetString(raw), null, null));
      case SLH_DSA_SHA2_128S -> new PrivateKeyInfo(identifier, raw);
      case ED25519, ED448 -> new PrivateKeyInfo(identifier, new DEROctetString(raw));
      case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> {
        DEROctetString octets = new DEROctetString(raw);
        yield new PrivateKeyInfo(
            identifier, raw.length == ML_DSA_SEED ? new DERTaggedObject(false, 0, octets) : octets);
      }
    };
  }

  static SigningKey ofPem(String pem) {
    Matcher matcher = PEM.matcher(pem);
    if (!matcher.find()) {
      throw new IllegalArgumentException("no PRIVATE KEY in this PEM text");
    }
    return ofPkcs8(Base64.getMimeDecoder().decode(matcher.group(1)));
  }

  static String pem(SigningKey key) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pkcs8(key))
        + "\n-----END PRIVATE KEY-----\n";
  }

  static SigningKey ofJwk(Map<String, ?> members) {
    String type = member(members, "kty");
    SigningKey key =
        type.equals("AKP")
            ? SigningKey.ofRaw(
                SignatureAlgorithm.named(member(members, "alg"))
                    .orElseThrow(() -> unknown(members.get("alg"))),
                bytes(members, "priv"))
            : SigningKey.ofRaw(ofCurve(member(members, "crv")), bytes(members, "d"));
    jwk(key)
        .forEach(
            (name, value) -> {
              boolean isPublic = !name.equals("d") && !name.equals("priv");
              if (isPublic && !value.equals(members.get(name))) {
                throw new IllegalArgumentException(
                    "the member " + name + " of this JWK does not fit its private key");
              }
            });
    return key;
  }

  static Map<String, String> jwk(SigningKey key) {
    SignatureAlgorithm algorithm = key.algorithm();
    Map<String, String> members = new LinkedHashMap<>();
    switch (algorithm) {
      case ED25519, ED448 -> {
        members.put("kty", "OKP");
        members.put("crv", CURVES.get(algorithm));
        members.put("x", text(key.publicKey()));
        members.put("d", text(key.raw()));
      }
      case ES256, ES256K -> {
        byte[] point = algorithm.uncompressed(key.publicKey());
        members.put("kty", "EC");
        members.put("crv", CURVES.get(algorithm));
        members.put("x", text(Arrays.copyOfRange(point, 1, 1 + SCALAR)));
        members.put("y", text(Arrays.copyOfRange(point, 1 + SCALAR, point.length)));
        members.put("d", text(key.raw()));
      }
      case ML_DSA_44, ML_DSA_65, ML_DSA_87, SLH_DSA_SHA2_128S -> {
        members.put("kty", "AKP");
        members.put("alg", algorithm.label());
        members.put("pub", text(key.publicKey()));
        members.put("priv", text(key.raw()));
      }
    }
    return members;
  }

  private static SignatureAlgorithm ofCurve(String curve) {
    return CURVES.entrySet().stream()
        .filter(entry -> entry.getValue().equals(curve))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> unknown(curve));
  }

  private static IllegalArgumentException unknown(Object name) {
    return new IllegalArgumentException(
        "keys of " + name + " are none of " + String.join(", ", SignatureAlgorithm.labels()));
  }

  private static String member(Map<String, ?> members, String name) {
    if (members.get(name) instanceof String value) {
      return value;
    }
    throw new IllegalArgumentException("this JWK has no member " + name);
  }

  private static byte[] bytes(Map<String, ?> members, String name) {
    return Base64.getUrlDecoder().decode(member(members, name));
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
