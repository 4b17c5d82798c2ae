/** The dashboard for Grafana shows figures that there are. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Metrics } from "../../hosts/dms/api/metrics.js";
import { openBench } from "../dms/bench.js";

const file = new URL("../../../hosts/dms/deploy/grafana.json", import.meta.url);

interface Dashboard {
	readonly panels: readonly { title: string; targets: readonly { expr: string }[] }[];
}

test("each figure and each label of the dashboard is in /metrics", async (context) => {
	const { service } = await openBench(context);
	const text = await new Metrics().text(service);
	const names = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = ""]) => name));
	const { panels }: Dashboard = JSON.parse(readFileSync(file, "utf8"));
	const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
	const used = expressions.flatMap((expr) => expr.match(/opendms_\w+/g) ?? []);
	const known = used.map((name) => name.replace(/_(bucket|sum|count)$/, ""));
	assert.deepEqual(
		known.filter((name) => !names.has(name)),
		[],
	);
	const missing = [...names].filter((name) => !known.includes(name));
	assert.deepEqual(missing, [], "every figure has its place");
	const labels = expressions.flatMap(
		(expr) => /by \(([\w, ]+)\)/.exec(expr)?.[1]?.split(", ") ?? [],
	);
	const page = readFileSync(new URL("../README.md", file), "utf8") + " le state";
	assert.deepEqual(
		labels.filter((label) => !new RegExp(`\\b${label}\\b`).test(page)),
		[],
	);
});
