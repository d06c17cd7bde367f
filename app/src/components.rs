//! One thing seen a file; the stylesheet of the same name stands in `style/components/`.

mod asset_badges;
mod asset_tile;
mod band_bar;
mod correction_form;
mod data_section;
mod data_sheet;
mod data_table;
mod event_list;
mod filter_form;
mod finding_list;
mod instant;
mod link_status;
mod members_note;
mod outcome_table;
mod plot_legend;
mod plot_table;
mod scenario_form;
mod site_footer;
mod site_header;
mod site_search;
mod state_badge;
mod tornado;
mod trend_plot;
mod value_tile;
mod verified_badge;
mod words_page;

#[cfg(test)]
mod tests;

pub use asset_badges::AssetBadges;
pub use asset_tile::AssetTile;
pub use band_bar::BandBar;
pub use correction_form::CorrectionForm;
pub use data_section::DataSection;
pub use data_sheet::DataSheet;
pub use data_table::DataTable;
pub use event_list::EventList;
pub use filter_form::FilterForm;
pub use finding_list::FindingList;
pub use instant::Instant;
pub use link_status::{LinkNote, said_of};
pub use members_note::MembersNote;
pub use outcome_table::OutcomeTable;
pub use plot_legend::PlotLegend;
pub use plot_table::PlotTable;
pub use scenario_form::ScenarioForm;
pub use site_footer::SiteFooter;
pub use site_header::{Below, SiteHeader};
pub use site_search::SiteSearch;
pub use state_badge::StateBadge;
pub use tornado::Tornado;
pub use trend_plot::TrendPlot;
pub use value_tile::ValueTile;
pub use verified_badge::VerifiedBadge;
pub use words_page::WordsPage;
