/**
 * Every way an operation of the device or an answer of the service can end.
 *
 * 0 to 9 and 1004 to 1006 are `gos_result_t` of Gecko OS, with its numbers and its meaning. Ours
 * begin at 2000: from 2000 what the device itself finds, from 2100 the network, from 2200 trust in
 * the service, from 2300 what the service refuses, from
 * 2400 what the device refuses of an update.
 */
export const DmsResult = Object.freeze({
	Success: 0,
	Pending: 1,
	Timeout: 2,
	PartialResults: 3,
	Error: 4,
	BadArgument: 5,
	BadOption: 6,
	Unsupported: 7,
	OutOfBuffers: 8,
	OutOfHeap: 9,

	WrongPasskey: 1004,
	NetworkNotFound: 1005,
	NetworkRefused: 1006,

	NoToken: 2000,
	TokenMistyped: 2001,
	NotProvisioned: 2002,
	StorageFailed: 2003,
	AlreadyProvisioned: 2004,

	NetworkNotSet: 2100,
	NoAddress: 2101,
	ConnectionFailed: 2102,
	BadReply: 2103,
	RadioBusy: 2104,
	NameUnknown: 2105,
	NoEcho: 2106,
	NotJoined: 2107,

	WrongAuthority: 2200,
	CertificateExpired: 2201,
	NameMismatch: 2202,
	HelloForged: 2203,
	ClockBehind: 2204,
	CertificateRefused: 2205,
	AnswerForeign: 2206,

	RequestRefused: 2300,
	SignatureRefused: 2301,
	ClockWrong: 2302,
	TokenUnknown: 2303,
	TokenExpired: 2304,
	TokenSpent: 2305,
	UuidRequired: 2306,
	UuidNotAllowed: 2307,
	UuidTaken: 2308,
	DeviceUnknown: 2309,
	DeviceTaken: 2310,
	NotClaimed: 2311,
	NotClaimable: 2312,
	NoAccess: 2313,
	ProductUnknown: 2314,
	ProductFinal: 2315,
	ServiceBusy: 2316,
	ServiceFault: 2317,
	WrongPlatform: 2318,
	KeyTaken: 2319,
	HardwareOther: 2320,
	DeviceLocked: 2321,
	KeyReplaced: 2322,

	UpdateRefused: 2400,
} as const);

export type DmsResult = (typeof DmsResult)[keyof typeof DmsResult];

const sentences: { readonly [result in DmsResult]: string } = Object.freeze({
	[DmsResult.Success]: "Success.",
	[DmsResult.Pending]: "It is still going on.",
	[DmsResult.Timeout]:
		"The service did not answer in time. Check that it is running, then try again.",
	[DmsResult.PartialResults]: "Only a part was done.",
	[DmsResult.Error]: "Something went wrong that has no name.",
	[DmsResult.BadArgument]: "An argument has a wrong value.",
	[DmsResult.BadOption]: "There is no such option.",
	[DmsResult.Unsupported]: "This device cannot do that.",
	[DmsResult.OutOfBuffers]: "It is longer than this device takes.",
	[DmsResult.OutOfHeap]: "The device has no memory left. Reboot it and try again.",

	[DmsResult.WrongPasskey]:
		"The network refused the passkey. Set it again: set wlan.passkey <passkey>",
	[DmsResult.NetworkNotFound]:
		"No network of that name is in reach. Check the name (get wlan.ssid) and the distance.",
	[DmsResult.NetworkRefused]: "The network refused this device. Check its access list.",

	[DmsResult.NoToken]: "No provisioning token. Give one: dms_provision <token>",
	[DmsResult.TokenMistyped]:
		"That is no whole provisioning token: a letter is wrong or missing. Copy and paste all of it.",
	[DmsResult.NotProvisioned]: "The device is not provisioned. Do that first: dms_provision <token>",
	[DmsResult.StorageFailed]:
		"The flash could not be read or written. Try again, then reboot: if both fail, it is worn out.",
	[DmsResult.AlreadyProvisioned]: "The device is provisioned already, so that can't be changed.",

	[DmsResult.NetworkNotSet]:
		"No network is set. Set one: set wlan.ssid <name>, set wlan.passkey <passkey>, save",
	[DmsResult.NoAddress]: "The network gave this device no address. Check the network's DHCP.",
	[DmsResult.ConnectionFailed]:
		"Could not reach the service. Check its address (get dms.host), and that it is running.",
	[DmsResult.BadReply]: "The service gave an answer that makes no sense. Check dms.host.",

	[DmsResult.RadioBusy]: "The radio is joining or looking for networks. Try again in some seconds.",
	[DmsResult.NameUnknown]: "Nobody in this network knows an address for that name.",
	[DmsResult.NoEcho]: "Nobody answers at that address.",
	[DmsResult.NotJoined]: "No network is joined. Join one: network_up",

	[DmsResult.WrongAuthority]:
		"That is not the service that made the token: its CA is another. Check dms.host.",
	[DmsResult.CertificateExpired]:
		"The service's certificate has expired. Its owner must renew it: restart opendms serve",
	[DmsResult.NameMismatch]:
		"The service's certificate is not for dms.host. Its owner must serve under that name.",
	[DmsResult.HelloForged]:
		"Somebody between here and the service changes messages. Try another network.",
	[DmsResult.ClockBehind]:
		"The service's clock is behind a time this device has seen. Its owner must set it right. " +
		"If it is right, release the device's: factory_reset <MAC>",
	[DmsResult.CertificateRefused]:
		"The service sent a certificate that is not this device's or not by its CA. It was not kept.",
	[DmsResult.AnswerForeign]:
		"Something on the way answered in the service's place. Try again, or use another network.",

	[DmsResult.RequestRefused]: "The service refused the request.",
	[DmsResult.SignatureRefused]: "The service refused this device's signature.",
	[DmsResult.ClockWrong]: "The device's clock and the service's differ. Try again.",
	[DmsResult.TokenUnknown]: "The service does not know this token. Ask for a new one.",
	[DmsResult.TokenExpired]: "This token has expired. Ask for a new one.",
	[DmsResult.TokenSpent]: "This token has been used up. Ask for a new one.",
	[DmsResult.UuidRequired]:
		"This token needs a UUID of the device's own: set system.uuid <40 hex digits>",
	[DmsResult.UuidNotAllowed]:
		'This token does not allow the UUID that is set. Clear it: set system.uuid ""',
	[DmsResult.UuidTaken]:
		"Another device has this UUID. Set another: set system.uuid <40 hex digits>",
	[DmsResult.DeviceUnknown]: "The service does not know this device.",
	[DmsResult.DeviceTaken]:
		"Somebody else has claimed this device. Its owner must release it first.",
	[DmsResult.NotClaimed]: "Nobody has claimed this device. Do that first: dms_claim <token>",
	[DmsResult.NotClaimable]: "The device's product is locked against claims.",
	[DmsResult.NoAccess]: "The user who claimed this device has no access to that product.",
	[DmsResult.ProductUnknown]: "The service has no product of that code.",
	[DmsResult.ProductFinal]:
		"The device is on a production product, which it can't leave. It updates within that product.",
	[DmsResult.ServiceBusy]: "The service asks to wait.",
	[DmsResult.KeyTaken]:
		"This device has been provisioned with another token. Use that one, or: dms_forget <MAC>",
	[DmsResult.HardwareOther]: "This device's identity belongs to another piece of hardware.",
	[DmsResult.DeviceLocked]: "The service's operator has locked this device out.",
	[DmsResult.KeyReplaced]: "The service knows a newer key of this device.",
	[DmsResult.WrongPlatform]: "That product's firmware is for another kind of hardware.",
	[DmsResult.UpdateRefused]: "The device refused the update.",
	[DmsResult.ServiceFault]: "The service failed. Try again; if it goes on, see the service's log.",
});

/** The sentence for a person: what happened and what to do. */
export function sentenceOf(result: DmsResult): string {
	return sentences[result];
}

/** The result with this number, or `undefined` when there is none. */
export function resultOf(number: unknown): DmsResult | undefined {
	return typeof number === "number" && Object.hasOwn(sentences, number)
		? (number as DmsResult)
		: undefined;
}

/** An operation of the device that ended otherwise than asked. The result says how. */
export class DmsError extends Error {
	readonly result: DmsResult;

	/** `message` replaces the result's own sentence, when somebody knows better. */
	constructor(result: DmsResult, message = sentenceOf(result)) {
		super(message);
		this.result = result;
	}
}
