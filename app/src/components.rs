//! One thing seen a file; the stylesheet of the same name stands in `style/components/`.

mod asset_badges;
mod asset_tile;
mod attention_list;
mod band_bar;
mod correction_form;
mod data_section;
mod data_sheet;
mod data_table;
mod diagnosis;
mod diagnostics;
mod event_list;
mod figure_card;
mod figure_picker;
mod figure_plot;
mod figure_sheet;
mod filter_form;
mod finding_list;
mod fleet_tools;
mod heat_map;
mod histogram;
mod instant;
mod lane_picker;
mod link_status;
mod loss_note;
mod members_note;
mod origin_note;
mod outcome_table;
mod overview_strip;
mod pareto;
mod plant_plan;
mod plot_legend;
mod plot_table;
mod process_sketch;
mod replay_badge;
mod replay_tools;
mod residual_plot;
mod result_pin;
mod scenario_form;
mod site_footer;
mod site_header;
mod site_search;
mod slider_zones;
mod sparkline;
mod specimen;
pub mod state_badge;
mod stretch_tools;
mod timeline;
mod tornado;
mod trend_plot;
mod value_tile;
mod verified_badge;
mod words_page;

#[cfg(test)]
mod tests;

use leptos::prelude::*;

/// Views in a row as views of one type: each type of its own is in the program with all that a browser may do with it.
fn all<T: RenderHtml + Send + 'static>(views: impl Iterator<Item = View<T>>) -> AnyView {
    views.map(|view| view.into_inner().into_any()).collect::<Vec<AnyView>>().into_any()
}

pub use asset_badges::AssetBadges;
pub use asset_tile::AssetTile;
pub use attention_list::AttentionList;
pub use band_bar::BandBar;
pub use correction_form::CorrectionForm;
pub use data_section::DataSection;
pub use data_sheet::DataSheet;
pub use data_table::DataTable;
pub use diagnosis::Diagnosis;
pub use diagnostics::Diagnostics;
pub use event_list::EventList;
pub use figure_card::FigureCard;
pub use figure_picker::FigurePicker;
pub use figure_plot::FigurePlot;
pub use figure_sheet::FigureSheet;
pub use filter_form::FilterForm;
pub use finding_list::FindingList;
pub use fleet_tools::{fleet_tools, summary_of};
pub use heat_map::HeatMap;
pub use histogram::Histogram;
pub use instant::Instant;
pub use lane_picker::LanePicker;
pub use link_status::{LinkNote, said_of};
pub use loss_note::LossNote;
pub use members_note::MembersNote;
pub use origin_note::OriginNote;
pub use outcome_table::OutcomeTable;
pub use overview_strip::OverviewStrip;
pub use pareto::Pareto;
pub use plant_plan::PlantPlan;
pub use plot_legend::PlotLegend;
pub use plot_table::PlotTable;
pub use process_sketch::ProcessSketch;
pub use replay_badge::ReplayBadge;
pub use replay_tools::ReplayTools;
pub use residual_plot::ResidualPlot;
pub use result_pin::ResultPin;
pub use scenario_form::ScenarioForm;
pub use site_footer::SiteFooter;
pub use site_header::{Below, SiteHeader};
pub use site_search::SiteSearch;
pub use slider_zones::{SliderZones, ZonesNote};
pub use sparkline::Sparkline;
pub use specimen::Specimen;
pub use state_badge::StateBadge;
pub use stretch_tools::StretchTools;
pub use timeline::Timeline;
pub use tornado::Tornado;
pub use trend_plot::{SharedAxis, TrendPlot};
pub use value_tile::ValueTile;
pub use verified_badge::VerifiedBadge;
pub use words_page::WordsPage;
