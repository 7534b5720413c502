import { generate } from 'selfsigned';

/** A certificate for a test's server, which is its own authority. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for host names and addresses; expired ones ended an hour ago. */
export async function testCertificate(
  { names = [], addresses = [] }: { readonly names?: readonly string[]; readonly addresses?: readonly string[] },
  options: { readonly isExpired?: boolean } = {},
): Promise<TestCertificate> {
  const hour = 3_600_000;
  const altNames = [
    ...names.map((value) => ({ type: 2 as const, value })),
    ...addresses.map((ip) => ({ type: 7 as const, ip })),
  ];
  const made = await generate([{ name: 'commonName', value: 'test receiver' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 48 * hour),
    notAfterDate: new Date(Date.now() + (options.isExpired ? -1 : 48) * hour),
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  return { key: made.private, cert: made.cert };
}
