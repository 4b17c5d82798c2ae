/** How much of a page has moved by itself since it was loaded: a script whose value promises it. */

(async () => {
	let sum = 0;
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries()) sum += Number(Reflect.get(entry, "value"));
	}).observe({ type: "layout-shift", buffered: true });
	await new Promise((resolve) => requestAnimationFrame(resolve));
	await new Promise((resolve) => requestAnimationFrame(resolve));
	await new Promise((resolve) => setTimeout(resolve));
	return sum;
})().catch(() => NaN);
