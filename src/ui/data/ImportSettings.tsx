import { Button, Collapse, Group, Select, SimpleGrid, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { LogReport } from "../../datasets/requests.ts";
import { controlId } from "../controls/fault.ts";
import { NumberInput } from "../controls/NumberField.tsx";
import { countsValues, hasNamedSplits, type ImportChoices, withNamedRules } from "./importChoices.ts";

const RULES = [
  { value: "over", label: "over the threshold (MindSpore)" },
  { value: "at-least", label: "at least the threshold (FuxiCTR)" },
];
const FITTED_ON = [
  { value: "all", label: "all rows" },
  { value: "train", label: "training rows" },
];
const ID_ORDERS = [
  { value: "count", label: "by count" },
  { value: "first-seen", label: "first seen (MindSpore)" },
];
const SPLITS = [
  { value: "hash", label: "by hash of the line number" },
  { value: "random", label: "at random: exact shares" },
  { value: "mindspore", label: "MindSpore’s shuffle" },
  { value: "none", label: "none: all are training rows" },
];
const RULE_NAMES = [
  { name: "studio", label: "80/10/10 by hash" },
  { name: "mindspore", label: "As MindSpore" },
  { name: "fuxictr", label: "As FuxiCTR" },
] as const;
const BY_TIME = { value: "time", label: "by time: the last days or hours" };
const NAMED = { value: "named", label: "as the files are named" };
/** The controls here that a problem may be about. */
const CONTROLS = [
  "import.testShare",
  "import.validShare",
  "import.testLast",
  "import.seed",
  "import.fittedOn",
];

interface ImportSettingsProps {
  report: LogReport;
  choices: ImportChoices;
  choose<K extends keyof ImportChoices>(key: K, value: ImportChoices[K]): void;
  chooseAll(choices: ImportChoices): void;
  errorAt(control: string): string | null;
}

/** The rules that most people leave as they are. */
export function ImportSettings(props: ImportSettingsProps) {
  const { report, choices, choose, errorAt } = props;
  const [open, setOpen] = useState(false);
  const expanded = open || CONTROLS.some((control) => errorAt(control) !== null);
  const own = choices.ids === "own";
  // Rows for an open data set's ids are dealt and counted by nobody.
  if (!own && !report.isText) return null;
  return (
    <div>
      <Button size="compact-xs" aria-expanded={expanded} onClick={() => setOpen(!expanded)}>
        More settings
      </Button>
      <Collapse expanded={expanded}>
        <Stack gap="sm" mt="xs">
          {own && <NamedRules {...props} />}
          {own && <SplitSettings {...props} />}
          {own && <IdSettings {...props} />}
          {report.isText && (
            <Switch
              id={controlId("import.numbers")}
              label="Categories are numbers"
              description="Decimal numbers that are ids already: these keep their order."
              checked={choices.numbers}
              onChange={(event) => choose("numbers", event.currentTarget.checked)}
            />
          )}
        </Stack>
      </Collapse>
    </div>
  );
}

/** All the rules at once. */
function NamedRules({ report, choices, chooseAll }: ImportSettingsProps) {
  return (
    <Group gap="xs">
      <Text size="sm">All rules:</Text>
      {RULE_NAMES.map(({ name, label }) => (
        <Button key={name} size="compact-xs" onClick={() => chooseAll(withNamedRules(choices, report, name))}>
          {label}
        </Button>
      ))}
    </Group>
  );
}

function SplitSettings({ report, choices, choose, chooseAll, errorAt }: ImportSettingsProps) {
  const { split, testShare, validShare, seed } = choices;
  return (
    <>
      <Choice
        control="import.split"
        label="Split"
        options={[
          ...(hasNamedSplits(report) ? [NAMED] : []),
          ...SPLITS,
          ...(report.time === null ? [] : [BY_TIME]),
        ]}
        value={split}
        onChange={(chosen) =>
          // MindSpore's shuffle goes with ids of all rows, and has no validation rows.
          chosen === "mindspore"
            ? chooseAll({ ...choices, split: chosen, validShare: 0, fittedOn: "all" })
            : choose("split", chosen as ImportChoices["split"])
        }
      />
      {split === "time" && (
        <SimpleGrid cols={2} spacing="xs">
          <TextInput
            id={controlId("import.testLast")}
            label="Test rows: the last"
            description={`1d is the last day of ${report.time}, 6h the last six hours`}
            value={choices.testLast}
            error={errorAt("import.testLast")}
            onChange={(event) => choose("testLast", event.currentTarget.value.trim())}
          />
          <TextInput
            id={controlId("import.validLast")}
            label="Validation rows: the last"
            description="before the test rows; 0d for none"
            value={choices.validLast}
            onChange={(event) => choose("validLast", event.currentTarget.value.trim())}
          />
        </SimpleGrid>
      )}
      {(split === "hash" || split === "random" || split === "mindspore") && (
        <SimpleGrid cols={3} spacing="xs">
          <NumberInput
            id={controlId("import.testShare")}
            label="Test share"
            value={testShare}
            error={errorAt("import.testShare")}
            onChange={(typed) => choose("testShare", typed)}
          />
          <NumberInput
            id={controlId("import.validShare")}
            label="Validation share"
            value={validShare}
            error={errorAt("import.validShare")}
            onChange={(typed) => choose("validShare", typed)}
          />
          <NumberInput
            id={controlId("import.seed")}
            label="Seed"
            value={seed}
            step={1}
            error={errorAt("import.seed")}
            onChange={(typed) => choose("seed", typed)}
          />
        </SimpleGrid>
      )}
    </>
  );
}

function IdSettings({ report, choices, choose, errorAt }: ImportSettingsProps) {
  const { rule, fittedOn, idOrder, numbers } = choices;
  return (
    <>
      <SimpleGrid cols={2} spacing="xs">
        <Choice
          control="import.fittedOn"
          label="Ids are fitted on"
          options={FITTED_ON}
          value={fittedOn}
          error={errorAt("import.fittedOn")}
          onChange={(chosen) => choose("fittedOn", chosen as ImportChoices["fittedOn"])}
        />
        {report.isText && !numbers && (
          <Choice
            control="import.idOrder"
            label="Id order"
            options={ID_ORDERS}
            value={idOrder}
            onChange={(chosen) => choose("idOrder", chosen as ImportChoices["idOrder"])}
          />
        )}
      </SimpleGrid>
      {countsValues(choices, report) && (
        <Choice
          control="import.rule"
          label="A value has an id of its own"
          options={RULES}
          value={rule}
          onChange={(chosen) => choose("rule", chosen as ImportChoices["rule"])}
        />
      )}
    </>
  );
}

interface ChoiceProps {
  control: string;
  label: string;
  options: { value: string; label: string }[];
  value: string;
  error?: string | null;
  onChange(chosen: string): void;
}

function Choice({ control, label, options, value, error, onChange }: ChoiceProps) {
  return (
    <Select
      id={controlId(control)}
      label={label}
      data={options}
      value={value}
      error={error}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
    />
  );
}
