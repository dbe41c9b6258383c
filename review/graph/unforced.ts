import type { Resource } from '../plan/model';

/** Why Terraform replaces something that no change of the configuration forces it to, and how to avoid it; undefined where one does. */
export function unforced({ reason, address }: Resource): { because: string; action: string } | undefined {
  switch (reason) {
    case 'replace_because_tainted':
      return {
        because:
          'It is marked as tainted, because making it failed half-way or somebody tainted it; no change in this plan needs a replacement',
        action: `If it works as it is, \`terraform untaint '${address}'\` and plan again. Else: `,
      };
    case 'replace_by_request':
      return {
        because: 'Somebody asked for it with -replace; no change needs a replacement',
        action: `Plan again without \`-replace='${address}'\`. If it is wanted: `,
      };
    case 'replace_by_triggers':
      return {
        because: 'Something in `replace_triggered_by` of its lifecycle changes; it would not have to be replaced',
        action: 'Take what holds data out of `replace_triggered_by`. If it is wanted: ',
      };
    default:
      return undefined;
  }
}
