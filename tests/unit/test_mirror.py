"""Whoever changes a module finds its tests: a file of its name, or the one that is named here."""

from __future__ import annotations

from pathlib import Path

import trialog

SOURCE = Path(trialog.__file__).parent
TESTS = Path(__file__).parents[1]

# Parts of something that is tested as a whole, by the test file that does so.
TESTED_IN = {
    # reading a store: from journals to rows, as one machine
    "unit/catalog/test_catalog.py": """
        _catalog/examination _journals/ingest _catalog/opening _journals/reading _catalog/refreshing
        _catalog/runrows _catalog/states _catalog/turns
    """,
    "unit/catalog/test_compaction.py": "_catalog/pointreading _catalog/segments",
    "unit/catalog/test_database.py": "_catalog/schema",
    # filters in SQL: by what each run says by itself
    "property/test_conditions.py": """
        _catalog/conditions _catalog/operands _catalog/ordering _catalog/ranks _catalog/scopes
        _catalog/sortings
    """,
    "unit/reading/test_pages.py": "_catalog/questions _reading/manyrows",
    "unit/journals/test_payloads.py": "_format/checking _journals/jsonvalues",
    "unit/catalog/test_queries.py": "_catalog/selections",
    "unit/catalog/test_verification.py": "_catalog/rebuilding _catalog/segmentchecks",
    "unit/reading/test_attempts.py": "_catalog/attemptrows",
    "unit/reading/test_consolelog.py": "_reading/consolelogs",
    # the filter language: by what texts say, and how wrong ones are answered
    "unit/filters/test_parsing.py": """
        _filters/expressions _filters/order _filters/relations _filters/subjects _filters/tokens
        _filters/trees
    """,
    "unit/filters/test_foreign.py": "_filters/literals _filters/mistakes",
    "unit/filters/test_completing.py": "_filters/cursors",
    "unit/filters/test_printing.py": "_filters/quoting",
    "unit/reading/test_charting.py": """
        _reading/chartgroups _reading/chartpieces _reading/chartquestions _reading/longlines
        _reading/rowvalues
    """,
    # charts: by what an answer says of points
    "unit/charts/test_charts.py": """
        _charts/deltas _charts/drawing _charts/grids _charts/groups _charts/lines _charts/ranges
        _charts/rows _charts/statistics _charts/wishes
    """,
    "property/test_charts.py": "_charts/binning _charts/precision _charts/pyramids",
    # commands: by what they print
    "unit/cli/test_commands.py": "_cli/completion _cli/options __main__",
    "unit/cli/test_experiment_list.py": """
        _catalog/tallies _cli/experiment_tables _cli/found_experiments _reading/tallies
    """,
    "unit/cli/test_experiment_commit.py": "_cli/experiment_answers",
    "unit/cli/test_experiment_show.py": "_cli/experiment_sheet",
    "unit/cli/test_run_compare.py": "_cli/comparing _cli/comparison",
    "unit/cli/test_run_show.py": "_cli/found _cli/sections _cli/sheet",
    "unit/cli/test_run_why.py": "_cli/why_curves _cli/why_differences _cli/why_json _cli/why_sheet",
    "unit/cli/test_terminal.py": "_cli/output _cli/progress _cli/session",
    "unit/cli/test_upkeep.py": "_cli/diagnosis",
    # what is shown: by what stands in it
    "unit/server/test_presence.py": "_reading/dashboards",
    "unit/server/test_events.py": "_catalog/pulses _server/pulse",
    "unit/cli/test_words.py": "_display/words",
    "unit/display/test_cards.py": "_display/marks _display/style _display/tables",
    "unit/display/test_panels.py": """
        _display/matplotlib_figures _display/plotly_figures _public/plotting _reading/plotting
    """,
    "integrations/test_live_display.py": "_public/live _public/showing",
    # the façade: by what users call
    "unit/test_public_surface.py": """
        _public/functions _public/queries _public/stored _version errors
    """,
    "unit/reading/test_content.py": "_public/content _public/unkept",
    "unit/tracking/test_lifecycle.py": "_public/run _tracking/run",
    "unit/test_bad_input.py": "_public/readonly",
    # experiments: by what their runs and tables are
    "unit/tracking/test_experiments.py": """
        _public/experiment _public/experiment_facts _public/experiments _tracking/beginning
    """,
    "unit/reading/test_experiments.py": "_catalog/members _reading/solves",
    # solvers: with the real ones
    "integrations/ommx/test_solves.py": """
        _tracking/open_solves _tracking/solve_calls _tracking/solve_outcomes _tracking/solves
    """,
    "integrations/ommx/test_runs.py": "_tracking/solving",
    # handles and tables of runs
    "unit/reading/test_runs.py": """
        _reading/catalogs _reading/records _reading/runtables _reading/stored
    """,
    "unit/reading/test_statements.py": """
        _catalog/listings _reading/sqlreading _reading/sqlsources _reading/sqlviews
    """,
    "unit/cli/test_sql.py": "_cli/sqltables",
    "unit/reading/test_frames.py": "_reading/headings _reading/moments",
    # recording: by what the journal holds afterwards
    "unit/tracking/test_files.py": "_tracking/attachments",
    "unit/tracking/test_exits.py": "_tracking/handlers",
    "unit/tracking/test_joining.py": """
        _tracking/attempts _tracking/earlier _tracking/presence _tracking/starting _tracking/writers
    """,
    "unit/tracking/test_alerts.py": "_reading/alerts",
    "unit/tracking/test_hook_checks.py": "_tracking/hooks",
    "unit/tracking/test_logging.py": "_tracking/calls _tracking/facts",
    "crash/test_writer_forks.py": "_writing/descriptors",
    # the witness: by what it does to a process, and for it
    "crash/test_witness.py": """
        _reading/keepers
        _tracking/link _tracking/spawning _tracking/streams _tracking/ways
        _tracking/witness
        _witness/origin _witness/surroundings
    """,
    # the witness: what it finds out, by what it says of real processes and repositories
    "unit/witness/test_forwarding.py": "_witness/ways",
    "unit/witness/test_gpus.py": "_witness/nvml",
    "unit/witness/test_code.py": "_witness/found _witness/git _witness/workingtree",
    # artifacts: the parts of what is read and written as a whole
    "unit/artifacts/test_committing.py": """
        _artifacts/building _artifacts/contents _artifacts/descriptions _artifacts/inheritance
        _artifacts/members _artifacts/observations
    """,
    "unit/artifacts/test_config.py": "_artifacts/config_entries",
    "unit/artifacts/test_loading.py": """
        _artifacts/arrivals _artifacts/keeping _artifacts/opening _artifacts/sources
        _public/fetching _public/sharing
    """,
    "unit/artifacts/test_forks_travel.py": "_artifacts/forebears _catalog/provenance",
    "unit/artifacts/test_garbage.py": """
        _artifacts/mentions _artifacts/trash _catalog/sealings _public/upkeep
    """,
    "unit/artifacts/test_progress.py": "_public/transfers",
    "unit/artifacts/test_saving.py": "_artifacts/verifying",
    "unit/artifacts/test_ommx.py": "_artifacts/ommx_experiments _artifacts/ommx_parameters",
    "unit/artifacts/test_ommx_loading.py": "_artifacts/ommx_bringing",
    "integrations/ommx/test_artifacts.py": "_artifacts/ommx_saving",
    "integrations/registry/test_experiments.py": "_artifacts/exchanges _artifacts/pushing",
    "unit/oci/test_layouts.py": "_oci/layoutfiles",
    # registries: by what happens between a client and a real one
    "integrations/registry/test_downloads.py": "_oci/downloads",
    "integrations/registry/test_repositories.py": "_oci/registry _oci/repositories",
    "integrations/registry/test_transfers.py": "_oci/progress _oci/transfers",
    "integrations/registry/test_transport.py": "_oci/failures _oci/transport",
    "integrations/registry/test_uploads.py": "_oci/pieces _oci/uploads",
    # the dashboard's server: by what it answers
    "unit/server/test_app.py": """
        _server/answers _server/assets _server/description _server/routes _server/shapes
        _server/store _server/typings
    """,
    "unit/server/test_comparing.py": "_reading/sidebyside _server/compareshapes",
    "unit/server/test_pdfpages.py": "_server/pdfprocess",
    "unit/server/test_project.py": "_reading/projects _server/overviews",
    "unit/server/test_run.py": "_server/runshapes",
    "unit/server/test_search.py": "_server/heads",
    "unit/server/test_series.py": "_server/selecting",
    "unit/server/test_sweep.py": "_reading/importances",
    "unit/server/test_table.py": "_server/cells _server/counts _server/groups",
    "unit/server/test_views.py": "_reading/views _tracking/projects",
    "unit/reading/test_overview.py": "_catalog/overview",
    "unit/cli/test_dashboard.py": "_server/serving",
    "unit/cli/test_export.py": "_server/offline",
    "e2e/dashboard/test_home.py": "_server/home",
    # codecs: the parts that several of them share
    "unit/codecs/test_pandas.py": "codecs/_frames codecs/_parquet",
    "unit/codecs/test_protocol.py": "codecs/_origin codecs/_refusals",
}


def modules():
    """Every module but packages' own, by its path without a suffix."""
    paths = (path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))
    return {path.with_suffix("").as_posix() for path in paths if path.stem != "__init__"}


def mirror_of(module):
    """The test file of a module's name: without the underscores that keep it private."""
    *folders, name = (part.strip("_") for part in module.split("/"))
    return Path("unit", *folders, f"test_{name}.py").as_posix()


def elsewhere():
    return {module: file for file, listed in TESTED_IN.items() for module in listed.split()}


def test_every_module_has_its_tests():
    """In the file of its name; where it is a part of something, the file is named above."""
    named = elsewhere()
    homeless = {
        module: mirror_of(module)
        for module in modules()
        if module not in named and not (TESTS / mirror_of(module)).exists()
    }
    assert homeless == {}


def test_no_exception_is_out_of_date():
    """Each is of a module that exists, has no file of its own, and is named once."""
    named = elsewhere()
    assert len(named) == sum(len(listed.split()) for listed in TESTED_IN.values())
    assert named.keys() - modules() == set()
    assert [module for module in named if (TESTS / mirror_of(module)).exists()] == []
    assert [file for file in TESTED_IN if not (TESTS / file).exists()] == []
