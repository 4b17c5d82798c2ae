/**
 * The life of a device as far as its own flash knows it: one record, pure functions over it.
 *
 *     0 --token--> 1 --credentials--> 2 --acknowledged--> 3 --next pair--> 3 --it has worked--> 3
 *
 * The status is derived from the record and never stored. Who owns the device and which product it
 * is on are the service's to know.
 */

import { privateKeyLength } from "../protocol/key.js";
import { isMap, type MessagePackMap } from "../protocol/message-pack.js";
import { isUuid } from "../protocol/messages.js";
import { ProvisionStatus } from "./provision-status.js";

/** A private key, and the DER of the certificate for it. */
export interface KeyPair {
	readonly key: Uint8Array;
	readonly certificate: Uint8Array;
	/** DER of the CA that it is by, where that is the next one. */
	readonly authority?: Uint8Array;
}

/**
 * The identity record. Fields that it doesn't know are kept: a later firmware's may be among them.
 */
export interface Identity {
	/** The provisioning token's text, until it has done its work. */
	readonly token: string | undefined;
	readonly key: Uint8Array | undefined;
	readonly certificate: Uint8Array | undefined;
	readonly uuid: string | undefined;
	/** The service's address, as its token gave it. */
	readonly address: string | undefined;
	/** DER of the CA that is trusted from now on. */
	readonly authority: Uint8Array | undefined;
	/** The latest time that is known for certain, in seconds since 1970. */
	readonly time: number | undefined;
	/** The owner is to be released, and the service does not know yet. */
	readonly isReleasePending: boolean;
	/** The pair that takes the present one's place once it has worked. */
	readonly next: KeyPair | undefined;
	readonly fields: MessagePackMap;
}

/** Reads a record; what doesn't fit its type counts as absent. */
export function identityOf(fields: MessagePackMap): Identity {
	const { token, key, certificate, uuid, address, authority, time, release } = fields;
	return {
		token: typeof token === "string" ? token : undefined,
		key: key instanceof Uint8Array && key.length === privateKeyLength ? key : undefined,
		certificate: certificate instanceof Uint8Array ? certificate : undefined,
		uuid: typeof uuid === "string" && isUuid(uuid) ? uuid : undefined,
		address: typeof address === "string" ? address : undefined,
		authority: authority instanceof Uint8Array ? authority : undefined,
		time: typeof time === "number" ? time : undefined,
		isReleasePending: release === true,
		next: keyPairOf(fields.next),
		fields,
	};
}

function keyPairOf(value: MessagePackMap[string] | undefined): KeyPair | undefined {
	if (value === undefined || !isMap(value)) return undefined;
	const { key, certificate, authority } = value;
	const isWhole = key instanceof Uint8Array && key.length === privateKeyLength;
	if (!isWhole || !(certificate instanceof Uint8Array)) return undefined;
	return authority instanceof Uint8Array ? { key, certificate, authority } : { key, certificate };
}

export function statusOf(identity: Identity): ProvisionStatus {
	const { token, key, certificate, uuid, authority } = identity;
	if (key === undefined) return ProvisionStatus.IncompleteAndNoToken;
	if (certificate === undefined || uuid === undefined || authority === undefined) {
		return token === undefined
			? ProvisionStatus.IncompleteAndNoToken
			: ProvisionStatus.IncompleteAndHaveToken;
	}
	return token === undefined ? ProvisionStatus.Complete : ProvisionStatus.CompleteButNoAck;
}

/** 0 or 1 to 1: a token has been given, and a key pair was born for it. */
export function withToken(identity: Identity, token: string, key: Uint8Array): MessagePackMap {
	return without({ ...identity.fields, token, key }, ["certificate", "uuid", "authority"]);
}

export interface Credentials {
	readonly certificate: Uint8Array;
	readonly uuid: string;
	readonly address: string;
	readonly authority: Uint8Array;
}

/** 1 to 2: the service has answered, and the answer has been checked. */
export function withCredentials(
	identity: Identity,
	credentials: Credentials,
	time: number,
): MessagePackMap {
	return { ...identity.fields, ...credentials, time };
}

/** 2 to 3: the service knows that the credentials are kept; the token has done its work. */
export function withoutToken(identity: Identity, time: number): MessagePackMap {
	return without({ ...identity.fields, time }, ["token"]);
}

/**
 * A reset to factory settings. 1 to 0: a token that is held was the owner's. 2 to 3 and 3 to 3: the
 * service is still to be told, also, in the first case, that the credentials are kept. A time that
 * has been stored may have been wrong: this is how a person releases it.
 */
export function withFactorySettings(identity: Identity): MessagePackMap {
	const fields = without({ ...identity.fields }, ["token", "time"]);
	return identity.certificate === undefined
		? without(fields, ["key"])
		: { ...fields, release: true };
}

/** 3 to 3: the service knows of the reset. */
export function withoutRelease(identity: Identity, time: number): MessagePackMap {
	return without({ ...identity.fields, time }, ["release"]);
}

/** 3 to 3: it is later than when something was written last. */
export function withTime(identity: Identity, time: number): MessagePackMap {
	return { ...identity.fields, time };
}

/** 3 to 3: the next pair is held too. */
export function withNext(identity: Identity, next: KeyPair, time: number): MessagePackMap {
	return { ...identity.fields, next: { ...next }, time };
}

/** 3 to 3: the next pair has worked. */
export function withNextAsOwn(identity: Identity, next: KeyPair, time: number): MessagePackMap {
	return without({ ...identity.fields, ...next, time }, ["next"]);
}

function without(fields: MessagePackMap, names: readonly string[]): MessagePackMap {
	for (const name of names) delete fields[name];
	return fields;
}
