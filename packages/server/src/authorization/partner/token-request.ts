import { type FieldError, PartnerError } from '@countersign/contract';
import type { SigningApp } from '../../partner-api/app-directory.js';
import { isSecretOf } from '../../partner-api/signature/client-secret.js';
import type { TokenParameters } from '../tokens/grant-tokens.js';

/** A field of a body by its names: COUNT's, and the one that clients in the field send, contract §4. */
type FieldNames = readonly [name: string, ...fieldNames: string[]];

/**
 * The parameters in a body of `POST /partners/grant-access-token`, contract §4.
 *
 * @throws PartnerError `validation_error` that lists every field at fault
 */
export function parseExchange(body: object, app: SigningApp): TokenParameters {
  const reader = fieldReader(body);
  const parameters = {
    grant_type: reader.fixed(['grantType', 'grant_type'], 'authorization_code'),
    code: reader.required(['code']),
    code_verifier: reader.optional(['codeVerifier', 'code_verifier']),
    redirect_uri: reader.optional(['redirectUri', 'redirect_uri']),
    state: reader.optional(['state']),
  };
  reader.matchClient(app);
  return reader.finish(parameters);
}

/**
 * The parameters in a body of `POST /partners/refresh-user-access-token`, contract §4.
 *
 * @throws PartnerError `validation_error` that lists every field at fault
 */
export function parseRefresh(body: object, app: SigningApp): TokenParameters {
  const reader = fieldReader(body);
  const parameters = {
    grant_type: reader.fixed(['grantType', 'grant_type'], 'refresh_token'),
    refresh_token: reader.required(['refreshToken', 'refresh_token']),
    scope: reader.optional(['scope']),
  };
  reader.matchClient(app);
  return reader.finish(parameters);
}

/**
 * The token in a body of `POST /partners/revoke-token`, contract §4.
 *
 * @throws PartnerError `validation_error`
 */
export function parseRevocation(body: object): string {
  const reader = fieldReader(body);
  const token = reader.required(['token', 'refreshToken', 'refresh_token', 'accessToken', 'access_token']);
  return reader.finish({ token }).token ?? '';
}

function fieldReader(body: object) {
  const errors: FieldError[] = [];
  const fault = (field: string, code: string, rule: string) => {
    errors.push({ field, code, message: `${field} ${rule}.` });
    return undefined;
  };
  const read = (names: FieldNames): { readonly name: string; readonly value: string } | undefined => {
    const given = names
      .map((name) => ({ name, value: fieldOf(body, name) }))
      .filter(({ value }) => value !== undefined && value !== null && value !== '');
    const [first, ...others] = given;
    if (first === undefined) return undefined;
    const { name, value } = first;
    if (typeof value !== 'string') return fault(name, 'invalid_type', 'must be a string');
    const other = others.find((field) => field.value !== value);
    if (other !== undefined) return fault(other.name, 'mismatch', `must say the same as ${name}`);
    return { name, value };
  };
  const required = (names: FieldNames) => {
    const before = errors.length;
    const field = read(names);
    if (field !== undefined || errors.length > before) return field;
    return fault(names[0], 'required', 'is required');
  };
  return {
    required: (names: FieldNames) => required(names)?.value,
    optional: (names: FieldNames) => read(names)?.value,
    fixed(names: FieldNames, value: string) {
      const field = required(names);
      if (field !== undefined && field.value !== value) fault(field.name, 'invalid_value', `must be "${value}"`);
      return value;
    },
    /** What a client repeats beside its signature must be true. */
    matchClient(app: SigningApp) {
      const id = read(['client_id', 'clientId']);
      if (id !== undefined && id.value !== app.clientId)
        fault(id.name, 'mismatch', 'is not that of the app that signed');
      const secret = read(['client_secret', 'clientSecret']);
      if (secret !== undefined && !isSecretOf(app, secret.value)) {
        fault(secret.name, 'mismatch', 'is not a live secret of the app that signed');
      }
    },
    finish<P>(parameters: P): P {
      if (errors.length > 0) throw new PartnerError('validation_error', undefined, { errors });
      return parameters;
    },
  };
}

function fieldOf(body: object, name: string): unknown {
  return Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
}
