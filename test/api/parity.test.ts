/** The command line here and by the API: each command says the same, with the same exit code. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { openService } from "../../hosts/dms/service.js";
import { benchOf } from "../dms/bench.js";
import { createClock } from "../dms/clock.js";
import { createPublisher, product } from "../dms/publisher.js";
import { commandPaths, createTool, type Result, runHere } from "../dms/tool.js";

/** What works on no service, or on the data folder itself: `--service` isn't for it. */
const here = [
	...["init", "serve", "backup", "restore", "export", "rebuild", "prune", "check"],
	...["cert next-authority", "cert retire", "cert keys", "cert encrypt-key", "cert issue"],
	...["key platform", "key show", "key product", "key signer", "key sign"],
	...["bundle build", "bundle sign", "console", "station run", "station figures"],
	...["completion", "complete"],
];

/** Lines that change nothing, so that both see the same; UUID is a device. */
const lines = [
	...["user list", "user list --json", "user add alice", "user role nobody viewer"],
	...["user email nobody a@b.example", "user invite nobody", "user remove nobody"],
	...["product list", `product show ${product}`, `product show ${product} --json`],
	...[`product add ${product} --title A --platform esp32 --owner alice`],
	...["product set NONE --title A", "product remove NONE", "product share NONE alice"],
	...[`product unshare ${product} alice`, "product lock NONE", "product unlock NONE"],
	...["product floor NONE 1.0.0.0", "product interval NONE 1h", `product factory ${product}`],
	...[`product stepping-stones ${product}`, "product stepping-stones NONE --remove 1 --yes"],
	...["product key none.statement", "token provision --uuid 1234", "token claim nobody"],
	...["token activation nobody NONE", "token transfer 0123 bob", "token list"],
	...["token list --json", "token revoke 0123", "batch list", "batch show one --json"],
	...["batch boards one", "batch add one --product NONE --quota 1", "batch close none"],
	...["device list", "device list --json --limit 1", "device show UUID", "device show 0123"],
	...["device outlook UUID", "device outlook UUID --json", "device outlook 0123"],
	...["device release 0123", "device tag 0123 beta", "device pin 0123 1.0.0.0"],
	...["device name 0123 Hall", "device list --name hall --json"],
	...["device swap 0123 0a0b0c0d0e0f", "device lock 0123", "device unlock 0123"],
	...["device delete 0123 --yes", "device revoke 0123 --yes", "device certificate UUID"],
	...["cert show", "cert show --json", "cert crl", "api-token list", "api-token list --json"],
	...["api-token add ci --role viewer", "api-token revoke none", "audit --limit 3"],
	...["audit --limit 3 --json", `bundle list ${product}`, `bundle show ${product} 1.1.0.0`],
	...[`bundle show ${product} 9.9.9.9`, `bundle tag ${product} 9.9.9.9 release`],
	...["bundle untag NONE release", `bundle pause ${product} beta`, `bundle resume ${product} beta`],
	...[`bundle withdraw ${product} 9.9.9.9 --yes`, "bundle publish none.bundle"],
];

/** The fields of JSON are in any order. */
function said({ code, out, error }: Result): unknown {
	return { code, error, out: /^[[{]/.test(out) ? JSON.parse(out) : out };
}

test("each command says the same here and by the API, with the same code", async (context) => {
	const tool = createTool(context);
	const clock = createClock(Date.now());
	const place = await tool.place();
	const service = await openService({ ...place, addresses: ["dms.example.com:8443"] });
	context.after(() => service.close());
	for (const name of ["alice", "bob"]) await service.users.add(name);
	const about = { code: product, title: "Lamp", platform: "esp32", owner: "alice" };
	await service.products.add(about);
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	await publisher.publish("1.1.0.0", 1);
	await service.batches.add({ name: "one", product, quota: 2 });
	await service.batches.addBoard("one", { hardware: "a4cf12345678" });
	const { uuid } = await benchOf(service, createAuthority(clock.seconds()), clock).provisioned();
	const { token } = await service.apiTokens.add({ name: "ci", role: "admin" });
	await service.revocations.show();
	const listener = await listenForApi(service, { host: "127.0.0.1", port: 0 });
	context.after(() => listener.close());
	const environment = { OPENDMS_SERVICE: listener.url, OPENDMS_TOKEN: token };
	const paths = commandPaths().map((path) => path.join(" "));
	const isPlayed = (path: string): boolean =>
		lines.some((line) => (line + " ").startsWith(path + " "));
	assert.deepEqual(
		paths.filter((path) => !isPlayed(path) && !here.includes(path)),
		[],
		"each command is in one of the lists",
	);
	const different: unknown[] = [];
	for (const line of lines) {
		const words = line.replace("UUID", uuid.slice(0, 8)).split(" ");
		const [one, other] = [await tool.run(...words), await runHere(words, environment)];
		if (!isDeepStrictEqual(said(one), said(other))) different.push([line, one, other]);
	}
	assert.deepEqual(different, []);
});
