/** For Node's module loader: stand-ins in the places of the SDK's modules. */

const standIns: Readonly<Record<string, string>> = {
	timer: "timer.js",
	"mc/config": "config.js",
	"embedded:io/serial": "serial.js",
	"embedded:network/interface/wifi": "wifi.js",
	"embedded:storage/key-value": "key-value.js",
};

type NextResolve = (specifier: string, context: object) => Promise<object>;

export async function resolve(
	specifier: string,
	context: object,
	next: NextResolve,
): Promise<object> {
	const standIn = standIns[specifier];
	if (standIn === undefined) return next(specifier, context);
	return { url: new URL("./" + standIn, import.meta.url).href, shortCircuit: true };
}
