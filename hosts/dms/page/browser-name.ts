/** Which browser somebody has logged in with, in words. */

/** Most say that they are others too: the first one that fits is meant. */
const browsers: readonly (readonly [name: string, version: RegExp])[] = [
	["Edge", /\bEdgA?\/(\d+)/],
	["Opera", /\bOPR\/(\d+)/],
	["Samsung Internet", /\bSamsungBrowser\/(\d+)/],
	["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
	["Chrome", /\b(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/],
	["Safari", /\bVersion\/(\d+)\S* (?:Mobile\/\S+ )?Safari\//],
];

const systems: readonly (readonly [name: string, sign: RegExp])[] = [
	["Android", /Android/],
	["iPhone", /iPhone/],
	["iPad", /iPad/],
	["Windows", /Windows/],
	["macOS", /Mac OS X/],
	["ChromeOS", /CrOS/],
	["Linux", /Linux/],
];

/** Such as "Chrome 140 on Linux", of a `user-agent`; what isn't known is as it is. */
export function browserIn(agent: string): string {
	for (const [name, version] of browsers) {
		const [, number] = version.exec(agent) ?? [];
		if (number === undefined) continue;
		const [system] = systems.find(([, sign]) => sign.test(agent)) ?? [];
		return `${name} ${number}${system === undefined ? "" : " on " + system}`;
	}
	return agent;
}
