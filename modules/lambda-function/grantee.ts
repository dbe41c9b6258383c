/** Anything that permissions can be given to: modules put a permission where the need is, with `grant…(grantee)`. */
export interface Grantee {
  /**
   * Allows exactly these actions on exactly these resources.
   *
   * @param actions IAM actions, for example `sqs:SendMessage`
   * @param resources ARNs; `*` only where the action takes no resource
   * @param condition an IAM condition block
   */
  grant(
    actions: readonly string[],
    resources: readonly string[],
    condition?: Record<string, Record<string, string>>,
  ): void;
}
