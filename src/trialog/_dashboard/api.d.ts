// Written by scripts/api from the server's shapes: change those.

/** What a person should look at. */
export interface AlertShape {
  title: string;
  text: string;
  level: string;
  by: string;
  time_ns: number;
}

/** What an array comes to. */
export interface ArrayShape {
  shape: number[];
  dtype: string;
  size: number;
  least: number | string | null;
  greatest: number | string | null;
  mean: number | string | null;
  nan: number;
  infinite: number;
  counts: number[];
  edges: number[];
  sample: string[];
}

/** An attachment of a run. */
export interface AttachmentQuery {
  namespace: string;
  project: string;
  run: string;
  name: string;
  version?: number | null;
}

/** An attachment with all its versions, oldest first. */
export interface AttachmentShape {
  name: string;
  versions: VersionShape[];
}

/** One start-to-end of a run. */
export interface AttemptShape {
  attempt: number;
  status: string;
  reason: string | null;
  created_ns: number;
  ended_ns: number | null;
  points: number;
}

/** What is to be changed of some runs; what is left out stays. */
export interface Change {
  runs: string[];
  add_tags?: string[];
  remove_tags?: string[];
  name?: string | null;
  description?: string | null;
  restore?: boolean;
  delete?: boolean;
  cancel?: boolean;
  reason?: string | null;
  signal?: string | null;
}

/** What became of a change, run by run. */
export interface Changed {
  runs: ChangedRun[];
}

/** What became of one run's change. */
export interface ChangedRun {
  id: string;
  name: string | null;
  error: string | null;
}

/** What a chart is to show; see docs/explanation/charts.md. */
export interface ChartQuery {
  selection: Selection;
  metric: string;
  x?: string;
  x0?: number | null;
  x1?: number | null;
  pixels?: number;
  smoothing?: string | null;
  group?: string | null;
  center?: "mean" | "median";
  band?: "confidence" | "minmax" | "none" | "std";
  split?: "attempt" | "rank" | null;
  members?: boolean;
  y_scale?: "linear" | "log";
  raw?: boolean;
  details?: boolean;
  since?: string | null;
}

/** A line of the user's code. */
export interface CodePlaceInfo {
  path: string;
  line: number;
  function: string;
  text: string;
}

/** Rows of one kind. */
export interface CompareArea {
  name: string;
  rows: CompareRow[];
}

/** A picture that runs have under one name. */
export interface ComparePicture {
  name: string;
  steps: (number | null)[];
  urls: ((string | null)[])[];
}

/** Runs to be compared, in this order. */
export interface CompareQuery {
  project: string;
  runs: string[];
}

/** One thing that runs say. */
export interface CompareRow {
  name: string;
  values: unknown[];
  differs: boolean;
}

/** Runs side by side. */
export interface Compared {
  runs: RunHead[];
  areas: CompareArea[];
  metrics: string[];
  pictures: ComparePicture[];
}

/** A filter that is being typed. */
export interface CompleteQuery {
  project?: string | null;
  text?: string;
  cursor?: number | null;
}

/** What may stand in the place of ``text[start:end]``; and what is wrong with the text. */
export interface Completed {
  start: number;
  end: number;
  items: CompletionItem[];
  problem: Problem | null;
}

/** Something that may stand there, what it is, and a few words on it. */
export interface CompletionItem {
  text: string;
  kind: string;
  detail: string;
}

/** Where a text is in a run's console. */
export interface ConsoleHit {
  line: number | null;
  place: number | null;
  total: number;
  near: number[];
}

/** Lines of a run's console. */
export interface ConsoleQuery {
  namespace: string;
  project: string;
  run: string;
  start?: number;
  count?: number;
  stream?: string | null;
  rank?: number | null;
  attempt?: number | null;
}

/** A text to be found in a run's console. */
export interface ConsoleSearch {
  namespace: string;
  project: string;
  run: string;
  start?: number;
  count?: number;
  stream?: string | null;
  rank?: number | null;
  attempt?: number | null;
  text: string;
  is_regex?: boolean;
  is_exact?: boolean;
  line?: number;
  is_backwards?: boolean;
}

/** Lines of a run's console. */
export interface ConsoleShape {
  total: number;
  start: number;
  lines: LineShape[];
  open_lines: LineShape[];
  dropped_bytes: number;
  ranks: number[];
  attempts: number[];
  is_ended: boolean;
  file: string;
}

/** What a run knows about itself, by section: ``code``, ``environment``, and the like. */
export interface ContextShape {
  sections: Record<string, Record<string, unknown>>;
}

/** How much there is of what, for the tabs. */
export interface Counts {
  parameters: number;
  metrics: number;
  system: number;
  attachments: number;
  values: number;
  alerts: number;
  solves: number;
  writers: number;
}

/** A metric of the machine over the run's time, in short. */
export interface CurveShape {
  metric: string;
  values: (number | null)[];
  least: number;
  greatest: number;
  last: number;
}

/** The first metrics of a run: those without a section, then the others, by name. */
export interface CurvesQuery {
  namespace: string;
  project: string;
  run: string;
  count?: number;
  pixels?: number;
}

/** What differs in one area, the first hundred of ``total``. */
export interface DifferenceArea {
  area: string;
  total: number;
  items: DifferenceShape[];
}

/** One thing that differs from another run. */
export interface DifferenceShape {
  what: string;
  before: string | null;
  after: string | null;
}

/** A PDF, which is shown page by page. */
export interface DocumentShape {
  pages: number;
  sizes: [number, number][];
  pictures: string;
  note?: string | null;
}

/** Why a run ended as it did, or what is known of one that goes on. */
export interface EndShape {
  exception: ExceptionInfo | null;
  place: CodePlaceInfo | null;
  blamed: WriterShape | null;
  processes: number;
  signal: string | null;
  exit_code: number | null;
  fault: string | null;
  lines: LineShape[];
  curves: CurveShape[];
  before: RunHead | null;
  differences: DifferenceArea[];
  last_point_ns: number | null;
  last_line_ns: number | null;
}

/** What ended a run, or a process's part of it. */
export interface ExceptionInfo {
  type: string;
  message: string;
  traceback: string;
}

/** Where a table can be saved from. */
export interface Export {
  url: string;
}

/** A table that is to be saved. */
export interface ExportQuery {
  selection: Selection;
  content?: "points" | "runs";
  format?: "csv" | "parquet";
  metrics?: string[];
}

/** A fact of every run: its name in the filter language, its type, what it says. */
export interface FactHead {
  name: string;
  type: string;
  meaning: string;
}

/** What a run holds of files and JSON values. */
export interface FilesShape {
  attachments: AttachmentShape[];
  values: string[];
}

/** What was found by a text. */
export interface Found {
  projects: ProjectQuery[];
  runs: RunHead[];
}

/** Runs that have a value in common. */
export interface Group {
  value: boolean | number | string | null;
  where: string;
  runs: number;
  statuses: Record<string, number>;
  cells: GroupCell[];
  curve?: number | null;
}

/** What the runs of a group have in a column. */
export interface GroupCell {
  count?: number;
  mean?: boolean | number | string | null;
  std?: boolean | number | string | null;
  least?: boolean | number | string | null;
  greatest?: boolean | number | string | null;
  value?: boolean | number | string | string[] | null;
  distinct?: number;
}

/** A table of groups of runs. */
export interface GroupQuery {
  by: string;
  project?: string | null;
  where?: string;
  sort?: string;
  columns?: string[];
  limit?: number;
  drawn?: Selection | null;
}

/** Groups of runs. */
export interface GroupTable {
  total: number;
  runs: number;
  columns: TableColumn[];
  groups: Group[];
}

/** What the first page shows. */
export interface Home {
  attention: RunHead[];
  projects: ProjectHead[];
}

/** A line that a run printed. */
export interface LineShape {
  number: number | null;
  time_ns: number;
  stream: string;
  rank: number | null;
  text: string;
  more?: number;
}

/** Where a run comes from, and what came of it. */
export interface LineageShape {
  parent: RunHead | null;
  parent_id: string | null;
  children: RunHead[];
  siblings: RunHead[];
  experiment_id: string | null;
  experiment_name: string | null;
  writers: WriterShape[];
  attempts: AttemptShape[];
  solves: SolveShape[];
}

/** A value that a parameter had from a time on. */
export interface MomentShape {
  time_ns: number;
  kind: string;
  text: string;
}

/** Runs by id and name alone, as many as there are. */
export interface Names {
  total: number;
  ids: string[];
  names: string[];
}

/** Nothing asked, or nothing to tell. */
export interface Nothing {

}

/** A parameter of a project. */
export interface ParameterHead {
  name: string;
  text: string;
  type: "flag" | "mixed" | "number" | "text";
  distinct: number;
  runs: number;
}

/** All values that a parameter had, oldest first. */
export interface ParameterHistory {
  name: string;
  moments: MomentShape[];
}

/** A parameter. */
export interface ParameterShape {
  name: string;
  kind: string;
  text: string;
  changes: number;
}

/** Why a request was refused. */
export interface Problem {
  kind: string;
  message: string;
  start?: number | null;
  end?: number | null;
  suggestion?: string | null;
}

/** A project in one line. */
export interface ProjectHead {
  namespace: string;
  project: string;
  namespace_name: string;
  project_name: string;
  runs: number;
  statuses: Record<string, number>;
  newest_ns: number | null;
  days: number[];
}

/** What there is in a project. */
export interface ProjectOverview {
  namespace: string;
  project: string;
  namespace_name: string;
  project_name: string;
  runs: number;
  deleted: number;
  statuses: Record<string, number>;
  parameters: ParameterHead[];
  metrics: string[];
  tags: string[];
  measures: string[];
  facts: FactHead[];
  is_whole: boolean;
}

/** A project by its slugs. */
export interface ProjectQuery {
  namespace: string;
  project: string;
}

/** The answer where a request is refused. */
export interface Refusal {
  error: Problem;
}

/** Runs that are only counted. */
export interface RunCountQuery {
  project?: string | null;
  where?: string;
}

/** How many runs there are. */
export interface RunCounts {
  statuses: Record<string, number>;
  deleted: number;
}

/** A run in one line, wherever one is named. */
export interface RunHead {
  id: string;
  name: string;
  namespace: string;
  project: string;
  status: "CANCELED" | "CANCELING" | "COMPLETED" | "CRASHED" | "FAILED" | "INTERRUPTED" | "PENDING" | "RUNNING";
  reason: string | null;
  created_ns: number;
  ended_ns: number | null;
  duration: number;
  host: string;
  tags: string[];
}

/** A parameter of a run. */
export interface RunParameterQuery {
  namespace: string;
  project: string;
  run: string;
  name: string;
}

/** All parameters of a run, in the order they were first logged. */
export interface RunParameters {
  parameters: ParameterShape[];
}

/** Whether anything of a run has changed. */
export interface RunPulse {
  status: string;
  is_ended: boolean;
  version: string;
}

/** A run. */
export interface RunQuery {
  namespace: string;
  project: string;
  run: string;
}

/** A run: its facts, how it ended, and what there is of it. */
export interface RunShape {
  head: RunHead;
  description: string | null;
  namespace_name: string;
  project_name: string;
  user: string;
  folder: string;
  pid: number;
  python: string;
  trialog: string;
  points: number;
  missing: number;
  missing_since_ns: number | null;
  damages: number;
  parent: string | null;
  experiment_id: string | null;
  experiment_name: string | null;
  number: number | null;
  annotations: Record<string, string>;
  deleted_ns: number | null;
  deleted_by: string | null;
  is_ended: boolean;
  end: EndShape;
  alerts: AlertShape[];
  attempts: AttemptShape[];
  trouble: TroubleShape[];
  counts: Counts;
  version: string;
}

/** What somebody looks for. */
export interface SearchQuery {
  text: string;
}

/** Which runs. */
export interface Selection {
  project?: string | null;
  where?: string;
  sort?: string;
  runs?: string[] | null;
  limit?: number | null;
}

/** What the page needs to know of the server it talks to. */
export interface Server {
  version: string;
  store: string;
  may_change: boolean;
  now_ns: number;
}

/** A call of a solver or a sampler. */
export interface SolveShape {
  kind: string;
  name: string | null;
  adapter: string;
  status: string;
  objective: number | string | null;
  seconds: number;
  began_ns: number;
  options: Record<string, string>;
  exception: ExceptionInfo | null;
}

/** What a metric came to; a number that JSON cannot hold is a text, a missing one None. */
export interface SummaryRow {
  name: string;
  last: number | string | null;
  min: number | string | null;
  max: number | string | null;
  mean: number | string | null;
  first: number | string | null;
  count: number;
  step_of_min: number | null;
  step_of_max: number | null;
}

/** What each metric came to, by name; the machine's own aside. */
export interface SummaryShape {
  metrics: SummaryRow[];
  system: SummaryRow[];
}

/** A sweep. */
export interface Sweep {
  total: number;
  runs: RunHead[];
  objective: string;
  goal: "max" | "min";
  choices: string[];
  outcomes: unknown[];
  columns: SweepColumn[];
  measures: SweepColumn[];
  best: number | null;
  best_so_far: unknown[];
}

/** Something that is told of each run, as a parameter that differs. */
export interface SweepColumn {
  name: string;
  text: string;
  type: "number" | "text";
  values: unknown[];
}

/** How much a parameter matters for the objective. */
export interface SweepImportance {
  name: string;
  share: number;
  spread: number;
  correlation: number | null;
}

/** Which parameters of a sweep matter for its objective. */
export interface SweepImportances {
  parameters: SweepImportance[];
  runs: number;
  explained: number | null;
  note: string | null;
}

/** A sweep to be looked at. */
export interface SweepQuery {
  selection: Selection;
  objective?: string | null;
  goal?: "max" | "min" | null;
  measures?: string[];
}

/** One column of a table. */
export interface TableColumn {
  text: string;
  kind: "fact" | "metric" | "parameter";
  name: string;
  measure: string | null;
  type: string | null;
  values: (boolean | number | string | string[] | null)[];
}

/** Runs, column by column. */
export interface TablePage {
  total: number;
  offset: number;
  ids: string[];
  names: string[];
  paths: string[];
  statuses: ("CANCELED" | "CANCELING" | "COMPLETED" | "CRASHED" | "FAILED" | "INTERRUPTED" | "PENDING" | "RUNNING")[];
  reasons: (string | null)[];
  is_deleted: boolean[];
  columns: TableColumn[];
  now_ns: number;
  problem?: Problem | null;
}

/** A part of a project's table of runs. */
export interface TableQuery {
  project?: string | null;
  where?: string;
  sort?: string;
  offset?: number;
  limit?: number;
  columns?: string[] | null;
}

/** The first rows of a table in a file. */
export interface TableShape {
  columns: string[];
  kinds: string[];
  rows: ((string | null)[])[];
  total: number | null;
  total_columns: number;
}

/** What went wrong while the run was recorded. */
export interface TroubleShape {
  time_ns: number;
  what: string;
}

/** A JSON value, at a step. */
export interface ValueShape {
  step: number;
  time_ns: number;
  text: string;
  more: number;
}

/** JSON values of a run, by name. */
export interface ValuesQuery {
  namespace: string;
  project: string;
  run: string;
  name: string;
  start?: number;
}

/** JSON values logged under a name, in order. */
export interface ValuesShape {
  name: string;
  total: number;
  start: number;
  values: ValueShape[];
}

/** One version of an attachment. */
export interface VersionShape {
  version: number;
  media_type: string;
  size_bytes: number;
  sha256: string;
  filename: string;
  step: number | null;
  codec: string | null;
  created_ns: number;
  file: string;
}

/** A saved view of a project. */
export interface View {
  name: string;
  content: Record<string, unknown>;
  by: string;
  saved_ns: number;
}

/** A view to be saved. */
export interface ViewChange {
  namespace: string;
  project: string;
  name: string;
  content: Record<string, unknown>;
}

/** A view by its name. */
export interface ViewQuery {
  namespace: string;
  project: string;
  name: string;
}

/** The saved views of a project, by name. */
export interface Views {
  views: View[];
}

/** A process that writes to a run, and what its part of it came to. */
export interface WriterShape {
  id: string;
  role: string;
  rank: number | null;
  world_size: number | null;
  attempt: number;
  host: string;
  pid: number;
  status: string | null;
  reason: string | null;
  exit_code: number | null;
  created_ns: number;
  points: number;
  exception: ExceptionInfo | null;
}
