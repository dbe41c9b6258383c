/** What the review knows of a type of resource. All of it stands here: a rule asks, and has no list of types of its own. */
export interface ResourceType {
  /** What is kept of it while a plan is read. Everything else is dropped: that keeps memory small, and what is never kept can't be printed. */
  readonly attributes: readonly string[];
  /** Beside `arn` and `id`, the attributes by which others name it. */
  readonly names?: readonly string[];
  /** What it holds, and loses when it is destroyed. */
  readonly holds?: Holder;
  /** Path of the key that encrypts it. */
  readonly key?: string;
  /** Path of the role that it works with, and the service that takes on the role. */
  readonly role?: { readonly path: string; readonly service: string };
  /** Actions that it takes to read from it (Lambda developer guide, "Execution role permissions" of each source). */
  readonly reading?: readonly string[];
  /** The action that it takes to hand something to it. */
  readonly sending?: string;
  /** AWS has one for each identity, whatever addresses Terraform gives it. */
  readonly one?: Setting;
  /** Attributes, beside its names, that can't change while it lives. */
  readonly fixed?: readonly string[];
  /** Its attributes that a resource beside it may say instead. */
  readonly companions?: Readonly<Record<string, Companion>>;
}

export interface Holder {
  readonly lost: string;
  readonly severity: 'critical' | 'high';
  /** What to do before it goes, where it is not simply to be emptied. */
  readonly first?: string;
  /** The provider or AWS refuses to destroy it while one of these is left in it, unless a flag says otherwise. */
  readonly refusedWhile?: { readonly left: string; readonly unless?: 'force_destroy' | 'force_delete' };
  /** AWS refuses to destroy it while one of this type names it. */
  readonly occupied?: readonly { readonly type: string; readonly path: string }[];
  /** The provider makes a last snapshot of this name first; with `skip`, it refuses where that is false and there is no name. */
  readonly lastSnapshot?: { readonly name: string; readonly skip?: string };
  /** How its users get from the old one to the new one, where it is not a queue. */
  readonly move?: string;
}

export interface Setting {
  /** Attributes that name it, together; one that is optional is marked with a question mark. None: an account has one in each region. */
  readonly identity: readonly string[];
  /** What becomes of a second one that is made beside the first: it is written over it, AWS hands out the first, or refuses. */
  readonly created: 'over it' | 'taken for it' | 'refused';
}

export interface Companion {
  readonly type: string;
  /** The attribute that names the owner. */
  readonly owner: string;
}
