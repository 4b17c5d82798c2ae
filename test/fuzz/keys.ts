/** Public halves of keys that fuzzing's corpus was signed with, once: the other halves are gone. */

import { fromHex } from "../../src/encoding/bytes.js";

/** When they signed, in seconds since 1970. */
export const time = 1780315200;

/** DER of the CA's certificate. */
const authority =
	"3082018d30820134a0030201020210697cee3c7172d7d3b6b409dd18551986300a06082a8648ce3d04030230" +
	"153113301106035504030c0a6f70656e646d73204341301e170d3236303630313131303030305a170d343630" +
	"3532373132303030305a30153113301106035504030c0a6f70656e646d732043413059301306072a8648ce3d" +
	"020106082a8648ce3d03010703420004f11e352aa5074c63f36a8e41dd64f0dc8dd2fa609cebb271b97d06a0" +
	"25cc596d52b21bce27ae0bea8335995b2339a51da42fcf1d21df5013c2f401a32c9c93f6a366306430120603" +
	"551d130101ff040830060101ff020100300e0603551d0f0101ff040403020106301d0603551d0e0416041497" +
	"40980c48596cfb5b9069082f7b16c2f39f8022301f0603551d230418301680149740980c48596cfb5b906908" +
	"2f7b16c2f39f8022300a06082a8648ce3d040302034700304402201fef90645cd9ee4731337c2da5bb994b91" +
	"5c5791452d2b319a72be71ff3d5cad0220489f23fba7f512ab4c053639926393c4c0d08e37f6d82f5b2c837a" +
	"82bd0992d5";
const device =
	"040e5e1a7de8b75d412c6a6ae48d358a0bf1c2883f7e2fb722816fd0768702d189db60fd6334cb5dd414d665" +
	"783f164ac8be869f48f71a6b514a81729d044f75b7";
const product =
	"046920f663514866b6de8b151b0b58f476e8dde2a54201416eb3170f42a5bbee0df086ab415914699496c901" +
	"eb9f48e638171d281acb1122dc940ced660ea7b659";

export const keys = Object.freeze({
	authority: (): Uint8Array => bytesOf(authority),
	/** Uncompressed points, as the next. */
	device: (): Uint8Array => bytesOf(device),
	product: (): Uint8Array => bytesOf(product),
	/** What the device has signed: the value of `@signature-params`. */
	parameters:
		'("@method" "@path");created=1780315200;nonce="jpgRFJiiNdFDcoGyINxufg"' +
		';alg="ecdsa-p256-sha256"' +
		';keyid="9ee0bfb8bfb3183034f3ba6e708a1baab4fc1eb7a77efa5dd0e98d4c7c73fdc6"',
});

function bytesOf(hex: string): Uint8Array {
	return fromHex(hex) ?? new Uint8Array(0);
}
