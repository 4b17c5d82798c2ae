import { play } from "./case.js";
import { publisherCases } from "./publisher-cases.js";

play(publisherCases);
