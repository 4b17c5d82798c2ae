/** A service within a program of one's own: `node service.js [FOLDER] [HOST:PORT]`. */

import { once } from "node:events";
import { listen, openService } from "opendms/service";

const [, , data = "state/embedded", address = "localhost:8443"] = process.argv;
const service = await openService({ data, addresses: [address] });
const listener = await listen(service, { host: "127.0.0.1", port: Number(address.split(":")[1]) });

const product = { code: "ACME-HUB", title: "Hub", platform: "board", owner: "maker" };
if ((await service.products.list()).length === 0) {
	await service.users.add(product.owner);
	await service.products.add(product);
}
const { token } = await service.tokens.addProvisioning();
const activation = await service.tokens.addActivation({ user: "maker", product: product.code });
console.log("dms_provision " + token + "\ndms_claim " + activation.token);

await once(process, "SIGTERM");
await listener.close();
await service.close();
