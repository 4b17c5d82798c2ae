/** How somebody has started a command, so that what it says can be typed as it stands. */

/**
 * What a person types to run `name` as this process was run: through npx, through the script of the
 * package that runs it, or by itself. npm's environment variables say which.
 */
export function invocationOf(
	name: string,
	environment: { readonly [name: string]: string | undefined },
	scripts: readonly string[] = [],
): string {
	const { npm_command: command, npm_lifecycle_event: event = "" } = environment;
	if (command === "exec") return "npx " + name;
	if (command === "run-script" && scripts.includes(event)) return "npm run " + event + " --";
	return name;
}
