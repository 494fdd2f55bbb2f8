import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";

new PolicyPack("berth", { policies: policies(), enforcementLevel: "mandatory" });
