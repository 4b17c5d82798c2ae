/** Actions of the audit log, in words: what stands behind the one who did it, or tried to. */

export interface Facts {
	/** What was acted on, in words. */
	readonly on: string;
	/** What stands behind the colon of the subject. */
	readonly name: string;
	/** A detail as text; empty where there is none. */
	of(name: string): string;
	/** A detail that is a name such as `token:0123`, in words. */
	named(name: string): string;
}

/** What was done, with the one who did it in front: `locked device 0123`. */
type Verb = (facts: Facts) => string;

/** `until` is when it ends, if that is known. */
const until = ({ of }: Facts): string =>
	of("expiresAt") === "" ? "" : ", until " + of("expiresAt");
const from = ({ of }: Facts): string => (of("from") === "" ? "" : " instead of " + of("from"));
const byWay = (facts: Facts): string => (facts.of("via") === "" ? "" : " by " + facts.named("via"));
const board = ({ of }: Facts): string =>
	`hardware ${of("hardware")}, platform ${of("platform")}, version ${of("version")}`;
const count = (text: string, one: string): string => text + " " + (text === "1" ? one : one + "s");

export const actionsDone: { readonly [action: string]: Verb } = Object.freeze({
	"device.provision": (facts) =>
		`became ${facts.on} with token ${facts.of("token")}: ${board(facts)}`,
	"device.acknowledge": () => "said that its flash has its identity",
	"device.adopt": (facts) =>
		`came back as ${facts.on} by its certificate of this service: ${board(facts)}`,
	"device.claim": (facts) =>
		`became ${facts.on}'s` +
		byWay(facts) +
		(facts.of("from") === "" ? "" : `; it was ${facts.of("from")}'s`),
	"device.activate": (facts) => `went on product ${facts.on}` + byWay(facts) + from(facts),
	"device.release": (facts) => `took ${facts.on} from its owner ${facts.of("from")}`,
	"device.renew": () => "asked for a certificate for its next key",
	"device.renewed": ({ of }) => "uses its next key " + of("key").slice(0, 12) + " now",
	"device.name": ({ on, of }) =>
		of("name") === "" ? `took the name from ${on}` : `called ${on} "${of("name")}"`,
	"device.tag": ({ on, of }) => `gave ${on} the tag ${of("tag")}`,
	"device.pin": ({ on, of }) =>
		of("pin") === "" ? `took the pin from ${on}` : `pinned ${on} to version ${of("pin")}`,
	"device.swap": ({ on, of }) =>
		`said that the board of ${on} was swapped: hardware ${of("hardware")} instead of ${of("from")}`,
	"device.lock": ({ on }) => "locked " + on,
	"device.unlock": ({ on }) => "unlocked " + on,
	"device.revoke": ({ on, of }) => `revoked the certificates of ${on}, for good: ${of("reason")}`,
	"device.delete": ({ on }) => `deleted ${on}, for good`,
	"certificate.issue": (facts) =>
		facts.on === "itself" || facts.on.includes("device")
			? "got a certificate" + until(facts)
			: `issued a certificate for ${facts.on}`,
	"token.add": (facts) =>
		`made the ${facts.of("kind")} token ${facts.name}${purposeOf(facts)}${until(facts)}`,
	"token.revoke": ({ on }) => "revoked " + on,
	"product.stone": ({ on, of }) =>
		`kept for ${on}, for devices that were off while their platform's key was replaced, ` +
		(of("version") === "" ? "what the key before has stated" : "version " + of("version")),
	"product.stone.remove": ({ on, of }) =>
		`removed stepping stone ${of("ordinal")} of ${on}: devices from before it need a cable`,
	"user.add": ({ on, of }) => `added the user ${on} as ${of("role")}`,
	"user.role": ({ on, of }) => `made ${on} ${of("role")} instead of ${of("before")}`,
	"user.email": ({ on, of }) =>
		of("email") === "" ? `took the address from ${on}` : `gave ${on} the address ${of("email")}`,
	"user.invite": (facts) => `invited ${facts.on} to set a password` + until(facts),
	"user.password": () => "set a password",
	"user.remove": ({ on }) => "removed the user " + on,
	"session.begin": ({ of }) => "logged in from " + of("address"),
	"session.end": ({ of }) => "ended a session that was begun from " + of("address"),
	"api-token.add": (facts) =>
		`made the ${facts.on} as ${facts.of("role")}` + ofUser(facts) + until(facts),
	"api-token.revoke": ({ on }) => "revoked the " + on,
	"product.add": ({ on, of }) =>
		`added the product ${on}, "${of("title")}", for ${of("platform")}, owned by ${of("owner")}`,
	"product.set": ({ on, of }) =>
		`changed the product ${on}: "${of("title")}", for ${of("platform")}, owned by ${of("owner")}`,
	"product.remove": ({ on }) => "removed the product " + on,
	"product.share": ({ on, of }) => `shared ${on} with ${of("user")}`,
	"product.unshare": ({ on, of }) => `shares ${on} with ${of("user")} no more`,
	"product.lock": ({ on }) => `locked ${on} against claims`,
	"product.unlock": ({ on }) => `opened ${on} to claims`,
	"product.floor": ({ on, of }) => `lets ${on} be offered from version ${of("floor")} on`,
	"product.interval": ({ on, of }) =>
		`has devices on ${on} ask for updates every ${of("updateInterval")} seconds`,
	"product.factory": ({ on, of }) => `gave blank chips of ${on} the version ${of("version")}`,
	"product.factory-remove": ({ on }) => `gives blank chips of ${on} no firmware any more`,
	"product.key": ({ on, of }) =>
		of("restated") === ""
			? `set the key of ${on}, generation ${of("generation")}`
			: `stated the key of ${on} anew, generation ${of("generation")}`,
	"batch.add": ({ on, of }) => `began ${on} of ${count(of("quota"), "board")} for ${of("product")}`,
	"batch.close": ({ on }) => `closed ${on}`,
	"batch.board": ({ on, of }) => `took board ${of("hardware")} into ${on}`,
	"batch.finish": ({ on, of }) => `has made ${on} of a board of batch ${of("batch")}`,
	"bundle.publish": ({ on, of }) => `published version ${of("version")} of ${on}`,
	"bundle.tag": ({ on, of }) =>
		`made version ${of("version")} the ${of("tag")} of ${on} for ${of("percent")} % of its devices`,
	"bundle.untag": ({ on, of }) => `took the tag ${of("tag")} from ${on}`,
	"bundle.withdraw": ({ on, of }) => `withdrew version ${of("version")} of ${on}`,
	"bundle.halt": ({ on, of }) =>
		`stopped the ${of("tag")} of ${on}: ${count(of("failures"), "device")} failed, ` +
		`${of("successes")} succeeded`,
	"bundle.pause": ({ on, of }) => `paused the ${of("tag")} of ${on}, version ${of("version")}`,
	"service.address": ({ of }) => `says that devices reach the service at ${of("addresses")}`,
	"service.page": ({ of }) => `says that people reach the page at ${of("url")}`,
	"service.keep": () => "set how long things are kept",
	"service.clock": ({ of }) => "vouched for the clock: " + of("doubt").replace(/\.$/, ""),
	"service.backup": () => "made a backup",
	"service.restore": ({ of }) =>
		`restored the backup of ${of("madeAt")}, and revoked its open tokens`,
	"service.export": () => "exported the service, signed and without secrets",
	"service.rebuild": ({ of }) =>
		`made the service again from the export of ${of("madeAt")}: ` +
		`${count(of("devices"), "device")}, ${count(of("bundles"), "bundle")}`,
	"authority.encrypt": () => "encrypted the keys of the CAs anew",
	"authority.add": ({ on }) => `made the next CA, ${on.replace(/^CA /, "")}`,
	"authority.forget": ({ on }) => `forgot the key of the CA ${on.replace(/^CA /, "")}, for good`,
	"authority.retire": ({ on }) => `retired the CA ${on.replace(/^CA /, "")}`,
	"revocations.url": ({ of }) =>
		of("url") === ""
			? "has certificates say nothing of the list of the revoked"
			: "has certificates say that the list of the revoked is at " + of("url"),
});

/** What was tried by whom it was refused. */
export const actionsRefused: { readonly [action: string]: Verb } = Object.freeze({
	"device.provision": (facts) =>
		`wanted an identity with ${facts.on}, on hardware ${facts.of("hardware")}`,
	"device.adopt": ({ on }) => `came with a certificate as ${on}`,
	"device.claim": ({ on }) => `wanted to be claimed with ${on}`,
	"device.activate": ({ on }) =>
		on.startsWith("an ") ? `wanted to go on ${on}` : `wanted to go on product ${on}`,
	"device.renew": () => "wanted a certificate for its next key",
	"device.request": ({ on }) => (on === "itself" ? "asked for something" : `asked as ${on}`),
	"device.hardware": ({ on, of }) =>
		`came on ${on}, where it was provisioned on ${of("provisioned")}`,
	"session.begin": ({ of }) => `tried to log in from ${of("address")}`,
	nonce: ({ on }) => `used a nonce again for ${on}`,
});

function purposeOf({ of }: Facts): string {
	const device = of("device") === "" ? "" : " and device " + of("device").slice(0, 12);
	const uses = Number(of("uses") || 1) > 1 ? `, good for ${of("uses")} devices` : "";
	const product = of("product") === "" ? "" : " and product " + of("product");
	return (of("user") === "" ? "" : " for " + of("user")) + device + product + uses;
}

function ofUser({ of }: Facts): string {
	return of("user") === "" ? "" : ` of ${of("user")}`;
}
