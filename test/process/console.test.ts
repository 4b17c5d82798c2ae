import { play } from "./case.js";
import { consoleCases } from "./console-cases.js";

play(consoleCases);
