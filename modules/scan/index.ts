import type { TerraformResource } from 'cdktf';

/**
 * Accepts a scanner's finding on one resource, for a written reason. `npm run scan` reads these from the synthesized JSON:
 * a finding without one fails the scan, and so does one that no longer fires.
 *
 * @param check the scanner's own id, for example `CKV_AWS_272`
 * @param reason why this is right here; shown in the report
 */
export function acceptFinding(resource: TerraformResource, check: string, reason: string): void {
  resource.addOverride(`//.accepted.${check}`, reason);
}
