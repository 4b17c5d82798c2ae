/** The shapes of what the API takes and gives: JSON, with times as ISO 8601 has them. */

import * as z from "zod";
import { revocationReasons } from "../authority/revocation-list.js";
import { roles, tokenRoles } from "../storage/schema.js";

export const time = z.iso.datetime().describe("UTC, to the second");

export const name = z.string().min(1).max(64);

export const tag = z.enum(["release", "beta", "alpha"]);

export const version = z
	.string()
	.regex(/^\d+\.\d+\.\d+\.\d+$/, "A version is four numbers, such as 1.2.0.0")
	.describe("four numbers");

export const uuid = z.string().min(1).max(64).describe("40 hex digits");

export const lifeSeconds = z.int().min(1).describe("for how long it is good");

/** What one answer holds of a list. */
const limitMaximum = 1_000;
const limitDefault = 100;

export const limit = z.coerce.number().int().min(1).max(limitMaximum).default(limitDefault);

/** So many tokens are made at once through the API: more are asked for again. */
export const tokensOfRequest = 10_000;

export const percent = z.int().min(0).max(100);

export const role = z.enum(roles);
export const tokenRole = z.enum(tokenRoles);

/** What an operation says that changes something and has nothing to tell. */
export const done = z.strictObject({});

export const email = z.string().max(254);

export const user = z
	.strictObject({
		name,
		role,
		email: email.nullable().describe("by which an identity provider's user is known at first"),
		hasPassword: z.boolean(),
		hasIdentity: z.boolean().describe("whether an identity provider knows the user"),
		addedAt: time,
	})
	.meta({ id: "User" });

export const invite = z
	.strictObject({
		name,
		token: z.string().describe("what opens it; shown only now"),
		link: z.string().describe("where the user sets a password, once"),
		expiresAt: time,
	})
	.meta({ id: "Invite" });

export const caller = z
	.strictObject({
		kind: z.enum(["api", "user"]).describe("a program with a token, or a person"),
		name: z.string(),
		role: tokenRole,
		user: name.nullable().describe("who it is, or whose devices an owner's token sees"),
	})
	.meta({ id: "Caller" });

export const session = z
	.strictObject({
		id: z.string().describe("opens nothing"),
		startedAt: time,
		seenAt: time.describe("give or take some minutes"),
		expiresAt: time.describe("when it ends if it isn't used before"),
		address: z.string(),
		agent: z.string().describe("what the browser calls itself"),
		isThis: z.boolean().describe("whether it is the one that asks"),
	})
	.meta({ id: "Session" });

export const product = z
	.strictObject({
		code: z.string(),
		title: z.string(),
		platform: z.string().describe("the kind of hardware its firmware is for"),
		owner: name,
		production: z.boolean().describe("a device never leaves it"),
		locked: z.boolean().describe("a device on it can't be claimed"),
		sharedWith: z.array(name),
		floor: version.describe("the lowest version that is still offered"),
		updateInterval: z.int().describe("seconds after which devices ask for updates again"),
		addedAt: time,
	})
	.meta({ id: "Product" });

export const factoryImage = z
	.strictObject({
		product: z.string(),
		version: version.describe("of its app"),
		digest: z.string().describe("SHA-256, hexadecimal"),
		length: z.int(),
		parts: z
			.array(z.strictObject({ address: z.int(), length: z.int() }))
			.describe("what is written of it, at the same place in flash; the rest is left"),
		addedAt: time,
	})
	.meta({ id: "FactoryImage" });

export const newToken = z
	.strictObject({
		token: z.string().describe("what the device is given; shown only now"),
		id: z.string(),
		expiresAt: time,
	})
	.meta({ id: "NewToken" });

export const token = z
	.strictObject({
		id: z.string(),
		kind: z.enum(["provisioning", "claim", "activation", "transfer"]),
		state: z.enum(["open", "used", "expired", "revoked"]),
		expiresAt: time,
		uuidRule: z.string().nullable().describe("where the device's UUID comes from"),
		uuid: z.string().nullable(),
		user: name.nullable(),
		product: z.string().nullable(),
		uses: z.int(),
		usesMaximum: z.int(),
	})
	.meta({ id: "Token" });

export const batch = z
	.strictObject({
		name,
		product: z.string().describe("that its boards go on; its owner owns the devices"),
		platform: z.string().describe("the product's"),
		title: z.string().describe("the product's"),
		quota: z.int().describe("how many boards it is for"),
		label: z.string().describe("what a label's QR code says, with {uuid} {mac} {product} {batch}"),
		boards: z.int().describe("that have got tokens"),
		made: z.int().describe("that have become devices"),
		addedAt: time,
		closedAt: time.nullable().describe("from when on it takes no further board"),
	})
	.meta({ id: "Batch" });

export const batchBoard = z
	.strictObject({
		hardware: z.string(),
		uuid: z.string().nullable(),
		addedAt: time,
		madeAt: time.nullable(),
	})
	.meta({ id: "BatchBoard" });

export const admittedBoard = z
	.strictObject({
		batch: name,
		uuid: z.string().nullable().describe("the device that it is already"),
		provisioning: newToken.nullable(),
		activation: newToken.nullable(),
		madeAt: time.nullable().describe("when it was made before: nothing is left to do"),
	})
	.meta({ id: "AdmittedBoard" });

const deviceFields = {
	uuid: z.string(),
	name: z.string().nullable().describe("what people call it"),
	state: z.enum(["issued", "provisioned"]),
	owner: name.nullable(),
	product: z.string().nullable(),
	tag: tag.nullable(),
	pin: z.string().nullable().describe("the version it gets whatever the tags are"),
	hardware: z.string(),
	otherHardware: z.string().nullable().describe("what else has come with its key"),
	otherHardwareAt: time.nullable(),
	lockedAt: time.nullable().describe("from when on all its requests are refused"),
	revokedAt: time.nullable().describe("since when its certificates are revoked; it stays locked"),
	platform: z.string(),
	version: z.string(),
	keyId: z.string(),
	nextKeyId: z.string().nullable().describe("the key that it is about to renew to"),
	platformKey: z.string().nullable().describe("names its platform's key, as it told it last"),
	firstSeenAt: time,
	lastSeenAt: time,
};

export const device = z.strictObject(deviceFields).meta({ id: "Device" });

export const deviceDetails = z
	.strictObject({
		...deviceFields,
		certificates: z.array(z.strictObject({ serial: z.string(), issuedAt: time, expiresAt: time })),
	})
	.meta({ id: "DeviceDetails" });

export const revocationReason = z.enum(
	Object.keys(revocationReasons) as (keyof typeof revocationReasons)[],
);

export const certificate = z
	.strictObject({ serial: z.string(), issuedAt: time, expiresAt: time, pem: z.string() })
	.meta({ id: "Certificate" });

export const revocationList = z
	.strictObject({
		number: z.int().describe("counts up with each list"),
		revoked: z.int().describe("how many certificates it names"),
		signedAt: time,
		expiresAt: time.describe("by when others ask for a newer one"),
		url: z.string().nullable().describe("what certificates say of where it is"),
		pem: z.string(),
	})
	.meta({ id: "RevocationList" });

export const bundle = z
	.strictObject({
		id: z.string(),
		product: z.string(),
		version,
		sequence: z.int(),
		platform: z.string(),
		length: z.int().describe("bytes of its image"),
		tags: z.array(
			z.strictObject({
				tag,
				percent: percent.describe("how many of a hundred devices get it"),
				failurePercent: percent.describe("it stops when more of a hundred fail"),
				haltedAt: time.nullable(),
				haltedBy: z.string().nullable().describe("who stopped it: `service`, if devices failed"),
			}),
		),
		isOfOldKey: z.boolean(),
		publishedAt: time,
		expiresAt: time.nullable(),
		withdrawnAt: time.nullable(),
		reports: z.record(z.string(), z.int()).describe("devices by the dfu.status they reported"),
	})
	.meta({ id: "Bundle" });

const count = z.int().min(0);

export const rollOut = z
	.strictObject({
		product: z.string(),
		tag,
		version,
		percent: percent.describe("how many of a hundred devices get it"),
		failurePercent: percent.describe("it stops when more of a hundred fail"),
		taggedAt: time,
		haltedAt: time.nullable(),
		haltedBy: z.string().nullable().describe("who stopped it: `service`, if devices failed"),
		devices: count.describe("how many go by this tag"),
		offered: count.describe("how many of them get it, give or take a few"),
		underWay: count.describe("how many have it, and try it"),
		confirmed: count,
		failed: count,
		reasons: z
			.array(z.strictObject({ status: z.int(), message: z.string(), devices: count }))
			.describe("why devices have failed: dfu.status, and the same in words"),
	})
	.meta({ id: "RollOut" });

export const updateOutlook = z
	.strictObject({
		rule: z.string().describe("what decides, as the answer to the device's query names it"),
		message: z.string().describe("the same in words"),
		version: version.nullable().describe("what it gets"),
		reports: z
			.array(
				z.strictObject({
					product: z.string(),
					version,
					status: z.int().describe("dfu.status"),
					percent: z.int(),
					reportedAt: time,
					message: z.string().describe("the status in words"),
				}),
			)
			.describe("what it has reported of each bundle last, the newest first"),
	})
	.meta({ id: "UpdateOutlook" });

export const authorityCertificate = z
	.strictObject({
		fingerprint: z.string().describe("SHA-256 of its DER: what provisioning tokens pin"),
		subject: z.string(),
		validFrom: z.int(),
		expiresAt: time,
		problem: z.string().optional().describe("why no device trusts it now"),
		pem: z.string(),
	})
	.meta({ id: "AuthorityCertificate" });

export const authorityOverview = z
	.strictObject({
		fingerprint: z.string().describe("SHA-256 of its DER: what provisioning tokens pin"),
		state: z.enum(["newest", "served", "retired", "ended"]),
		validFrom: z.int(),
		expiresAt: time,
		devices: z.int().describe("how many devices trust it, as far as the service knows"),
		tokens: z.int().describe("how many provisioning tokens for it can still be used"),
		pem: z.string(),
	})
	.meta({ id: "AuthorityOverview" });

export const auditEntry = z
	.strictObject({
		id: z.int(),
		time,
		actor: z.string(),
		action: z.string(),
		subject: z.string(),
		rule: z.string().describe("the rule that refused; empty where none did"),
		details: z.string().describe("JSON"),
	})
	.meta({ id: "AuditEntry" });

export const apiToken = z
	.strictObject({
		name,
		role: tokenRole,
		user: name.nullable(),
		addedBy: z.string().nullable().describe("who has made it, as the audit log names him"),
		addedAt: time,
		expiresAt: time,
	})
	.meta({ id: "ApiToken" });

/** RFC 9457, with our rule. */
export const problem = z
	.strictObject({
		type: z.literal("about:blank"),
		title: z.string(),
		status: z.int(),
		detail: z.string().describe("what is wrong and what to do, in a sentence"),
		rule: z.string(),
	})
	.meta({ id: "Problem" });
