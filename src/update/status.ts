/**
 * Every way a device firmware update can stand or end: `dfu.status`.
 *
 * 0 to 109 are `gos_dfu_status_t` of Gecko OS, as far as they apply. Ours begin at 200: from 200
 * what speaks against a statement, from 220 what became of an image.
 */

import { DmsError, DmsResult } from "../protocol/result.js";
import type { UpdateOffer } from "../protocol/update.js";

export const DfuStatus = Object.freeze({
	None: 0,
	Success: 1,
	UpToDate: 3,
	Pending: 4,

	ConnectionError: 11,
	ReadTimeout: 12,
	NetworkNotFound: 13,
	NetworkJoinFailed: 14,
	MaxRequestAttempts: 15,

	KernelError: 100,
	ApplicationFileInvalid: 102,
	ProductKeySignatureInvalid: 103,
	ApplicationSignatureInvalid: 105,
	SsidNotSet: 107,

	NotActivated: 200,
	BadStatement: 201,
	WrongProduct: 202,
	WrongPlatform: 203,
	Expired: 204,
	OlderSequence: 205,
	BelowFloor: 206,
	OlderKey: 207,
	ImageTooLong: 208,
	BadImageReply: 209,
	ServiceRefused: 210,
	NotOffered: 211,
	StepTooLarge: 212,
	TooManyProducts: 213,
	TooFewSignatures: 214,

	OnTrial: 220,
	TrialCrashed: 221,
	TrialHung: 222,
	TrialUnreached: 223,
	StorageFailed: 224,
	TrialMismatched: 225,
	TrialUnfinished: 226,
	ArmRefused: 227,
	RefusedBefore: 228,
} as const);

export type DfuStatus = (typeof DfuStatus)[keyof typeof DfuStatus];

const sentences: { readonly [status in DfuStatus]: string } = Object.freeze({
	[DfuStatus.None]: "No update since the reset.",
	[DfuStatus.Success]: "Updated.",
	[DfuStatus.UpToDate]: "Up to date.",
	[DfuStatus.Pending]: "An update is going on.",

	[DfuStatus.ConnectionError]: "The connection to the service failed. The update can go on later.",
	[DfuStatus.ReadTimeout]: "The service did not answer in time. The update can go on later.",
	[DfuStatus.NetworkNotFound]: "The network was not found.",
	[DfuStatus.NetworkJoinFailed]: "The network could not be joined.",
	[DfuStatus.MaxRequestAttempts]: "The download broke off too often. Run it again: it goes on.",

	[DfuStatus.KernelError]: "The update failed.",
	[DfuStatus.ApplicationFileInvalid]:
		"What the service sent is not the image that the publisher signed. It was not used.",
	[DfuStatus.ProductKeySignatureInvalid]:
		"The product's key is not signed by this firmware's platform key. One without takes no update.",
	[DfuStatus.ApplicationSignatureInvalid]: "The update is not signed by the product's publisher.",
	[DfuStatus.SsidNotSet]: "No network is set: set wlan.ssid <name>, set wlan.passkey <passkey>",

	[DfuStatus.NotActivated]: "Updates come with a product. Activate one: dms_activate <code>",
	[DfuStatus.BadStatement]: "The service sent an update's statement that can't be read.",
	[DfuStatus.WrongProduct]: "The update is for another product.",
	[DfuStatus.WrongPlatform]: "The update is for another kind of hardware.",
	[DfuStatus.Expired]: "The update has expired.",
	[DfuStatus.OlderSequence]: "The update is older than what the device has.",
	[DfuStatus.BelowFloor]: "The update's version is below the lowest that is allowed.",
	[DfuStatus.OlderKey]: "The service sent an older key of the product.",
	[DfuStatus.ImageTooLong]: "The image does not fit into a slot.",
	[DfuStatus.BadImageReply]: "The service sent another part of the image than was asked for.",
	[DfuStatus.ServiceRefused]: "The service refused.",
	[DfuStatus.NotOffered]:
		"The service does not offer that update to this device any more. It was not installed.",
	[DfuStatus.StepTooLarge]:
		"The update's sequence or key is too far ahead of the device's. Ask its publisher.",
	[DfuStatus.TooManyProducts]:
		"This device has been on 8 products, and takes updates of no other: go back to one of them.",
	[DfuStatus.TooFewSignatures]: "Too few of the publisher's people have signed.",

	[DfuStatus.OnTrial]: "This firmware is on trial itself. Wait until it has reached the service.",
	[DfuStatus.TrialCrashed]: "That version crashed on this device too often. It is not tried again.",
	[DfuStatus.TrialHung]: "That version hung on this device too often. It is not tried again.",
	[DfuStatus.TrialUnreached]:
		"That version could not reach the service from this device. It is not tried again.",
	[DfuStatus.StorageFailed]: "The flash could not be read or written. Try again.",
	[DfuStatus.TrialMismatched]:
		"That image says another version than its publisher signed it as. It is not tried again.",
	[DfuStatus.TrialUnfinished]:
		"That version was started too often without an end of its trial. It is not tried again.",
	[DfuStatus.ArmRefused]: "This device can't start that image.",
	[DfuStatus.RefusedBefore]: "That version failed on this device before. It is not tried again.",
});

/** The sentence for a person: what is the matter and what to do. */
export function dfuSentence(status: DfuStatus): string {
	return sentences[status];
}

/** An update that ended otherwise than asked. */
export class DfuError extends DmsError {
	readonly status: DfuStatus;

	constructor(status: DfuStatus) {
		super(DmsResult.UpdateRefused, sentences[status]);
		this.status = status;
	}
}

/** `gos_dms_query_status_t`, but for its error: that one is a rejection here. */
export const QueryStatus = Object.freeze({ Available: 1, UpToDate: 2 } as const);

export interface QueryResult {
	readonly status: (typeof QueryStatus)[keyof typeof QueryStatus];
	/** For a person: what is available and why, or why nothing is. */
	readonly message: string;
}

/** Whether the device has given an update up: below, it would go on at the next occasion. */
export function isFinal(status: DfuStatus): boolean {
	return status >= DfuStatus.KernelError;
}

/**
 * What the end of a call to the service means for an update. What was offered and is refused
 * afterwards has been taken back.
 */
export function statusOfError(error: DmsError, isOffered: boolean): DfuStatus {
	if (error instanceof DfuError) return error.status;
	switch (error.result) {
		case DmsResult.UpdateRefused:
			return isOffered ? DfuStatus.NotOffered : DfuStatus.ServiceRefused;
		case DmsResult.Timeout:
			return DfuStatus.ReadTimeout;
		case DmsResult.NetworkNotFound:
			return DfuStatus.NetworkNotFound;
		case DmsResult.NetworkRefused:
		case DmsResult.NoAddress:
		case DmsResult.WrongPasskey:
			return DfuStatus.NetworkJoinFailed;
		case DmsResult.NetworkNotSet:
			return DfuStatus.SsidNotSet;
		case DmsResult.ServiceBusy:
		case DmsResult.ServiceFault:
			return DfuStatus.ConnectionError;
		case DmsResult.StorageFailed:
			return DfuStatus.StorageFailed;
		default:
			return error.result >= DmsResult.RequestRefused
				? DfuStatus.ServiceRefused
				: DfuStatus.ConnectionError;
	}
}

/** Of a statement's request: an answer that makes no sense is one that is too long, above all. */
export function badStatement(error: unknown): never {
	const isBad = error instanceof DmsError && error.result === DmsResult.BadReply;
	throw isBad ? new DfuError(DfuStatus.BadStatement) : error;
}

/** What doesn't say that the service was there: silence, a proxy, or that it has no time. */
export function isOutage({ result }: DmsError): boolean {
	const isBusy = result === DmsResult.ServiceBusy || result === DmsResult.ServiceFault;
	return result < DmsResult.RequestRefused || isBusy;
}

/**
 * Goes on where the service has answered: a refusal is signed too, so it proves the image that got
 * it, and no word of the service fails one. That the signature was refused proves nothing.
 */
export function passWhenReached(error: unknown): void {
	const isRefusal = error instanceof DmsError && !isOutage(error);
	if (!isRefusal || error.result === DmsResult.SignatureRefused) throw error;
}

/** Goes on after what the world has refused; a programmer's error is thrown. */
export function passOver(error: unknown): void {
	if (!(error instanceof DmsError)) throw error;
}

/** What a query comes to, for who has asked. */
export function queryResultOf({ bundle, version, rule, message }: UpdateOffer): QueryResult {
	return bundle === undefined
		? { status: QueryStatus.UpToDate, message }
		: { status: QueryStatus.Available, message: version + " (" + rule + "): " + message };
}
