import fs from 'fs';
const bytes = hex => Buffer.from(hex.slice(2), 'hex');
export const rows = JSON.parse(fs.readFileSync('rows.json')).map(row => ({ ...row, user_hash: bytes(row.user_hash), sign_b64: bytes(row.sign_b64) }));
export const shown = value => JSON.stringify(value, (k, v) => (k === 'user_hash' || k === 'sign_b64') ? undefined : v);
