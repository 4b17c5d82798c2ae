/**
 * The tables. Times are seconds since 1970, flags are 0 or 1, certificates are DER; what a
 * secret opens is kept, the secret never: tokens are here as a public key or a digest.
 */

import type { Generated, Kysely } from "kysely";
import type { BatchBoardRow, BatchRow } from "./schema-batches.js";
import type { FactoryImageRow } from "./schema-factory-images.js";
import type { LogInAttemptRow } from "./schema-log-in.js";
import type { SteppingStoneRow } from "./schema-stepping-stones.js";
import type { RevocationListRow, RevokedCertificateRow } from "./schema-revocation.js";
import type {
	Tag,
	ProductKeyRow,
	BundleRow,
	BundleTagRow,
	UpdateReportRow,
	ReportCountRow,
} from "./schema-updates.js";

/** A connection or a transaction: what reads and writes is the same on both. */
export type Database = Kysely<Schema>;

export interface Schema {
	settings: SettingRow;
	users: UserRow;
	products: ProductRow;
	productUsers: ProductUserRow;
	devices: DeviceRow;
	deletedDevices: DeletedDeviceRow;
	replacedKeys: ReplacedKeyRow;
	revokedCertificates: RevokedCertificateRow;
	revocationLists: RevocationListRow;
	certificates: CertificateRow;
	provisioningTokens: ProvisioningTokenRow;
	claimTokens: ClaimTokenRow;
	claimTokenUses: ClaimTokenUseRow;
	productKeys: ProductKeyRow;
	bundles: BundleRow;
	bundleTags: BundleTagRow;
	steppingStones: SteppingStoneRow;
	factoryImages: FactoryImageRow;
	updateReports: UpdateReportRow;
	reportCounts: ReportCountRow;
	answers: AnswerRow;
	audit: AuditRow;
	credentials: CredentialRow;
	images: ImageRow;
	imagePieces: ImagePieceRow;
	apiTokens: ApiTokenRow;
	passwords: PasswordRow;
	sessions: SessionRow;
	invites: InviteRow;
	logInAttempts: LogInAttemptRow;
	identities: IdentityRow;
	repeats: IdempotencyKeyRow;
	batches: BatchRow;
	batchBoards: BatchBoardRow;
}

export interface SettingRow {
	name: string;
	value: string;
}

export interface UserRow {
	name: string;
	addedAt: number;
	role: Role;
	/** In lower case; by it an identity provider's user is known at first. */
	email: string | null;
}

/** How a user logs in: a slow hash, in a table of its own so that no list of users has it. */
export interface PasswordRow {
	user: string;
	/** With its parameters, as PHC strings are: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`. */
	hash: string;
	setAt: number;
}

/** A browser in which a user has logged in. */
export interface SessionRow {
	/** SHA-256 of its cookie, hexadecimal. */
	digest: string;
	user: string;
	startedAt: number;
	/** When it was last used, give or take some minutes. */
	seenAt: number;
	/** When it ends however much it is used. */
	expiresAt: number;
	/** Of its log-in: the IP address, and what the browser calls itself. */
	address: string;
	agent: string;
}

/** As whom an identity provider knows a user. */
export interface IdentityRow {
	/** The provider's URL. */
	issuer: string;
	/** Its own name for the person, which never changes. */
	subject: string;
	user: string;
	addedAt: number;
}

/** A link with which a user sets a password, once. */
export interface InviteRow {
	/** SHA-256 of what is behind the link's `#`, hexadecimal. */
	digest: string;
	user: string;
	addedAt: number;
	expiresAt: number;
}

export interface ProductRow {
	code: string;
	title: string;
	/** The kind of hardware its firmware is for. */
	platform: string;
	owner: string;
	/** A device never leaves a production product. */
	production: number;
	/** A device on a locked product can't be claimed. */
	locked: number;
	addedAt: number;
	/** The lowest version that is still offered. */
	floor: string;
	/** Seconds after which devices ask for updates again. */
	updateInterval: number;
}

/** A user with whom a product is shared. */
export interface ProductUserRow {
	product: string;
	user: string;
}

/** `issued`: it was given credentials. `provisioned`: it said that its flash holds them. */
export type DeviceState = "issued" | "provisioned";

export interface DeviceRow {
	uuid: string;
	/** What people call it. */
	name: string | null;
	/** The name of its public key: who signed a request is found by this. */
	keyId: string;
	publicKey: Uint8Array;
	hardware: string;
	platform: string;
	version: string;
	state: DeviceState;
	owner: string | null;
	product: string | null;
	/** The tag of the bundles it gets before others. */
	tag: Tag | null;
	/** The version of the bundle it gets whatever the tags are. */
	pin: string | null;
	firstSeenAt: number;
	lastSeenAt: number;
	/** From when on all its requests are refused. */
	lockedAt: number | null;
	/** Another piece of hardware that has come with this device's key: a copied flash. */
	otherHardware: string | null;
	otherHardwareAt: number | null;
	/** The key that it has got a certificate for, until its first request with it. */
	nextKeyId: string | null;
	nextPublicKey: Uint8Array | null;
	/** Since when its certificates are revoked; it stays locked. */
	revokedAt: number | null;
	/** The name of its platform's key, hexadecimal, as it has told it last. */
	platformKey: string | null;
}

/** A former key of a device: who uses it has stolen it, or the device has lost its newer one. */
export interface ReplacedKeyRow {
	keyId: string;
	publicKey: Uint8Array;
	device: string;
	replacedAt: number;
	/** When it was refused and that was written into the audit log, last. */
	refusedAt: number | null;
}

/** A key that is refused for ever, and the UUID that it had. */
export interface DeletedDeviceRow {
	keyId: string;
	uuid: string;
	deletedAt: number;
}

export interface CertificateRow {
	/** Hexadecimal. */
	serial: string;
	device: string;
	certificate: Uint8Array;
	issuedAt: number;
	expiresAt: number;
	/** Of the key that it is for. */
	keyId: string | null;
	/** Fingerprint of the CA that issued it, hexadecimal; `null` for the first one. */
	authority: string | null;
}

/** Whence the UUID: `given` by the service, `fixed` in the token, `required` of the device. */
export type UuidRule = "given" | "fixed" | "required";

export interface ProvisioningTokenRow {
	/** The name of the token key, whose private half is in the token. */
	keyId: string;
	publicKey: Uint8Array;
	uuidRule: UuidRule;
	/** The UUID of a `fixed` token. */
	uuid: string | null;
	addedAt: number;
	expiresAt: number;
	/** The name of the device key that the token is bound to. */
	deviceKeyId: string | null;
	revokedAt: number | null;
	/** Fingerprint of the CA that it pins, hexadecimal; `null` for the first one. */
	authority: string | null;
}

/** A claim token; with a product, an activation token; with a device, a transfer token. */
export interface ClaimTokenRow {
	/** SHA-256 of the token's 20 letters, hexadecimal. */
	digest: string;
	user: string;
	product: string | null;
	/** For how many devices it is good. */
	usesMaximum: number;
	/** How many devices have used it. */
	uses: number;
	addedAt: number;
	expiresAt: number;
	revokedAt: number | null;
	/** The one device that it is good for: its owner hands it over. */
	device: string | null;
	/** That owner: once the device is somebody else's, it is good for nothing. */
	giver: string | null;
}

export interface ClaimTokenUseRow {
	digest: string;
	device: string;
	usedAt: number;
}

/** The answer to a request that changed something, kept to be given again. */
export interface AnswerRow {
	keyId: string;
	nonce: string;
	/** SHA-256 of the request's method, path, query and body, hexadecimal. */
	requestDigest: string;
	status: number;
	body: Uint8Array | null;
	storedAt: number;
}

export interface AuditRow {
	id: Generated<number>;
	time: number;
	/** `operator`, `device:<uuid>`, or `key:<keyid>` for a key that is no device. */
	actor: string;
	action: string;
	/** What was acted on, such as `product:ACME-LAMP`. */
	subject: string;
	/** The rule that refused; empty when the action was done. */
	rule: string;
	/** Facts as JSON. */
	details: string;
}

/** A change of the API that may be asked for again, by its idempotency key. */
export interface IdempotencyKeyRow {
	/** A digest of caller and key. */
	id: string;
	/** Who asks, as the audit log names it. */
	caller: string;
	/** Of method, path, query and body: the same key for another request is a mistake. */
	requestDigest: string;
	begunAt: number;
	/** Written with the change itself. */
	changedAt: number | null;
	/** Encrypted with the key. */
	answer: Uint8Array | null;
	/** Of the answer, in bytes. */
	length: number;
}

/** A key of the service with its certificate: only on PostgreSQL, else they are files. */
export interface CredentialRow {
	name: string;
	/** PEM, both. */
	privateKey: string;
	certificate: string;
}

/** An image: only on PostgreSQL, else it is a file. */
export interface ImageRow {
	/** SHA-256, hexadecimal. */
	digest: string;
	length: number;
}

export interface ImagePieceRow {
	digest: string;
	/** Where in the image these bytes begin. */
	start: number;
	bytes: Uint8Array;
}
/** Who may use the API, and as what. */
export interface ApiTokenRow {
	name: string;
	/** SHA-256 of its text, hexadecimal. */
	digest: string;
	role: TokenRole;
	/** Whose devices an `owner` sees. */
	user: string | null;
	/** Who has made it, as the audit log names him; of old ones it isn't known. */
	addedBy: string | null;
	addedAt: number;
	expiresAt: number;
}

/** What a user may do, the one who may do most first. */
export const roles = ["admin", "publisher", "operator", "viewer", "owner"] as const;

/** Of a program's token also: what a factory line asks for a batch's boards, and nothing else. */
export const tokenRoles = [...roles, "station"] as const;

export type Role = (typeof roles)[number];

export type TokenRole = (typeof tokenRoles)[number];
