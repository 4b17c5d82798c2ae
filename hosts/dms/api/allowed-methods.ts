/** What may be asked at a path of the API: RFC 9110 section 15.5.6 wants it told to who errs. */

import type { Method } from "./operation.js";

export interface Route {
	readonly method: Method;
	/** `{name}` stands for anything but a slash. */
	readonly path: string;
}

/** As the field `allow` has them; `undefined` when there is nothing at this path. */
export function allowedMethods(routes: readonly Route[], path: string): string | undefined {
	const methods = routes.filter((route) => patternOf(route).test(path)).map(({ method }) => method);
	if (methods.length === 0) return undefined;
	const names = methods.flatMap((name) => (name === "GET" ? [name, "HEAD"] : [name]));
	return [...new Set(names)].sort().join(", ");
}

function patternOf({ path }: Route): RegExp {
	const escaped = path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+");
	return new RegExp("^" + escaped + "$");
}
