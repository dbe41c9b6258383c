import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CloudfrontDistribution } from '@cdktf/provider-aws/lib/cloudfront-distribution';
import { CloudfrontOriginAccessControl } from '@cdktf/provider-aws/lib/cloudfront-origin-access-control';
import { CloudfrontResponseHeadersPolicy } from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { AssetType, Fn, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { type PageSettings, pagePolicy } from '../../functions/desk/contract';
import { defaultsOf } from '../defaults';
import { isKnown } from '../props';
import { acceptFinding } from '../scan';
import type { DeskApi, DeskPage as Props } from './props';

/** The managed policies `CachingDisabled` and `AllViewerExceptHostHeader`: the API sees the token, and its own name. Source: CloudFront guide, "Use managed cache policies", "Use managed origin request policies". */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_BUT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

/** File of the built page → its type. */
const FILES = {
  'index.html': 'text/html; charset=utf-8',
  'assets/desk.js': 'text/javascript; charset=utf-8',
  'assets/desk.css': 'text/css; charset=utf-8',
  'assets/icon.svg': 'image/svg+xml',
} as const;

interface Behind extends Props {
  readonly deskName: string;
  readonly issuer: DeskApi['issuer'];
  /** Address of the API's stage. */
  readonly apiUrl: string;
}

/** The page in a private bucket that only its distribution reads, and the API below `/api` of the same origin: the browser needs no other permission, and nothing is called from elsewhere. */
export class DeskPage extends Construct {
  /** What the domain's DNS record points to. */
  readonly distributionDomain: string;

  constructor(scope: Construct, id: string, props: Behind) {
    super(scope, id);
    const bucket = this.bucket(props);
    const access = new CloudfrontOriginAccessControl(this, 'access', {
      name: globalName(props),
      originAccessControlOriginType: 's3',
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
    });
    const headers = this.headers(props);
    const distribution = this.distribution(props, bucket, access, headers);
    this.distributionDomain = distribution.domainName;
    new S3BucketPolicy(this, 'bucket-policy', {
      bucket: bucket.bucket,
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Action: 's3:GetObject',
            Resource: `${bucket.arn}/*`,
            Condition: { StringEquals: { 'AWS:SourceArn': distribution.arn } },
          },
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [bucket.arn, `${bucket.arn}/*`],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      }),
    });
    this.files(props, bucket);
  }

  private bucket({ deskName }: Behind): S3Bucket {
    const bucket = new S3Bucket(this, 'bucket', {
      // Names of buckets are shared by all of AWS, and have no capitals and no underscores.
      bucketPrefix: `${deskName.toLowerCase().replaceAll('_', '-').slice(0, 24).replace(/-$/, '')}-page-`,
      // The page is built anew from the package; nothing of anybody's is in it.
      forceDestroy: true,
    });
    new S3BucketPublicAccessBlock(this, 'private', {
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketVersioningA(this, 'versioning', {
      bucket: bucket.bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    const page = 'Four files of this package, which Terraform puts back';
    acceptFinding(bucket, 'CKV_AWS_18', `${page}; who reads them is no secret.`);
    acceptFinding(bucket, 'CKV_AWS_144', `${page}.`);
    acceptFinding(bucket, 'CKV_AWS_145', `${page}; S3 encrypts them with its own key.`);
    acceptFinding(bucket, 'CKV2_AWS_61', `${page}; versions are a few hundred kilobytes.`);
    acceptFinding(bucket, 'CKV2_AWS_62', `${page}; nobody waits for a change of them.`);
    return bucket;
  }

  private headers(props: Behind): CloudfrontResponseHeadersPolicy {
    const { issuer, tokenOrigin } = props;
    const origins = [originOf(issuer), ...(tokenOrigin === undefined ? [] : [tokenOrigin])];
    const headers = new CloudfrontResponseHeadersPolicy(this, 'headers', {
      name: globalName(props),
      securityHeadersConfig: {
        contentSecurityPolicy: { contentSecurityPolicy: pagePolicy([...new Set(origins)]), override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: 'DENY', override: true },
        referrerPolicy: { referrerPolicy: 'no-referrer', override: true },
        strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, includeSubdomains: false, override: true },
      },
      customHeadersConfig: {
        items: [{ header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true }],
      },
    });
    acceptFinding(
      headers,
      'CKV_AWS_259',
      "HTTPS alone for a year; subdomains, and the browsers' preload list, are for the owner of the domain to decide.",
    );
    return headers;
  }

  private distribution(
    { deskName, domainName, certificateArn, apiUrl }: Behind,
    bucket: S3Bucket,
    access: CloudfrontOriginAccessControl,
    headers: CloudfrontResponseHeadersPolicy,
  ): CloudfrontDistribution {
    const everywhere = { viewerProtocolPolicy: 'https-only', cachePolicyId: CACHING_DISABLED, compress: true };
    const distribution = new CloudfrontDistribution(this, 'distribution', {
      comment: deskName,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: 'http2and3',
      priceClass: 'PriceClass_100',
      aliases: [domainName],
      defaultRootObject: 'index.html',
      origin: [
        { originId: 'page', domainName: bucket.bucketRegionalDomainName, originAccessControlId: access.id },
        {
          originId: 'api',
          // `https://ID.execute-api.REGION.amazonaws.com/`
          domainName: Fn.element(Fn.split('/', apiUrl), 2),
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: 'https-only',
            originSslProtocols: ['TLSv1.2'],
          },
        },
      ],
      defaultCacheBehavior: {
        ...everywhere,
        targetOriginId: 'page',
        allowedMethods: ['GET', 'HEAD'],
        cachedMethods: ['GET', 'HEAD'],
        responseHeadersPolicyId: headers.id,
      },
      orderedCacheBehavior: [
        {
          ...everywhere,
          pathPattern: '/api/*',
          targetOriginId: 'api',
          // CloudFront takes all of them or none that writes; the API has routes for GET and POST.
          allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
          cachedMethods: ['GET', 'HEAD'],
          // Its answers have a policy of their own.
          originRequestPolicyId: ALL_BUT_HOST,
        },
      ],
      restrictions: { geoRestriction: { restrictionType: 'none' } },
      // With CloudFront's own certificate TLS 1.0 would be taken as well. Source: CloudFront API, ViewerCertificate.
      viewerCertificate: {
        acmCertificateArn: certificateArn,
        sslSupportMethod: 'sni-only',
        minimumProtocolVersion: 'TLSv1.2_2021',
      },
    });
    acceptFinding(
      distribution,
      'CKV_AWS_68',
      'The page is four files; the API behind it asks for a token and is throttled.',
    );
    acceptFinding(distribution, 'CKV2_AWS_47', 'No firewall: see CKV_AWS_68.');
    acceptFinding(
      distribution,
      'CKV_AWS_86',
      "Who did what is in the desk's audit, and who called in the API's access log.",
    );
    acceptFinding(distribution, 'CKV_AWS_310', 'Without the page there is the command, which needs neither.');
    acceptFinding(distribution, 'CKV_AWS_374', 'Who is on call may be anywhere.');
    return distribution;
  }

  private files({ clientId, scope: asked, parameters, issuer }: Behind, bucket: S3Bucket): void {
    const object = { bucket: bucket.bucket, cacheControl: 'no-cache' };
    for (const [key, contentType] of Object.entries(FILES)) {
      const path = join(pageDirectory(), key);
      const asset = new TerraformAsset(this, `asset-${nameOf(key)}`, { path, type: AssetType.FILE });
      const sourceHash = createHash('sha256').update(readFileSync(path)).digest('base64');
      new S3Object(this, `file-${nameOf(key)}`, { ...object, key, contentType, source: asset.path, sourceHash });
    }
    const { runbooks } = defaultsOf(this);
    const settings: PageSettings = {
      ...{ api: '/api', issuer, clientId, scope: asked ?? 'openid', parameters },
      // A function names pages one by one, and a path of this package is no address: the page has addresses of a folder alone.
      runbooks: typeof runbooks === 'string' && URL.canParse(runbooks) ? runbooks : undefined,
    };
    new S3Object(this, 'file-settings', {
      ...object,
      key: 'desk.json',
      contentType: 'application/json',
      content: JSON.stringify(settings),
    });
  }
}

/** CloudFront has no regions: desks of two of them may have one name, and never one domain. An origin access control's name has at most 64 characters. Source: CloudFront API, OriginAccessControlConfig. */
const globalName = ({ deskName, domainName }: Behind): string =>
  isKnown(domainName) ? domainName.replaceAll('.', '-').slice(0, 64) : deskName;

const nameOf = (key: string): string => key.replace(/^.*\//, '').replace('.', '-');

/** Of an address that may be known only when it is applied. */
const originOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address);

/** Found from this file upwards, as the functions' bundles are. @throws Error with the command that builds it */
function pageDirectory(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, 'dist', 'desk')) && dirname(directory) !== directory)
    directory = dirname(directory);
  const built = join(directory, 'dist', 'desk');
  if (!existsSync(join(built, 'index.html')))
    throw new Error('the desk’s page is not built (no dist/desk). Build it: npm run build');
  return built;
}
