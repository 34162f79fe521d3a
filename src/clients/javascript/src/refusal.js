/** A row, a key or a signature that is refused; `code` is the SQLSTATE with which Rowseal refuses the same. */
export class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}

export const NOT_SIGNED = 'RS001';
export const SIGNATURE_INVALID = 'RS002';
export const OWNER_UNKNOWN = 'RS003';
export const OWNER_ID_MISMATCH = 'RS004';
export const CERTIFICATE_INVALID = 'RS005';
export const MALFORMED = 'RS006';
