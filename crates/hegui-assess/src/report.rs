//! From an assessment to the form in which it is read ([`crate::view`]).

use crate::assessment::{Assessment, Ruled};
use crate::question::{Question, Seeker};
use crate::rollup::{Rollup, Standings, Tally, Verdict};
use crate::view::{
    ActionView, AssumptionView, CatalogView, CellView, ClauseView, DimensionView, EvidenceView, FORMAT,
    FactView, FindingView, IndicatorView, InstrumentView, OriginView, QuestionView, ReasonView, Report,
    RulingView, SampleView, Standing, StandingView, Summary, ThingView,
};
use crate::{rollup, sampling, words};
use hegui_catalog::model::{Clause, ClauseKind, Requirement, Strength, Text};
use hegui_logic::calendar::format_date;
use hegui_logic::schema::{KindId, RelationId, Type};
use hegui_logic::single::Explanation;
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{FactKey, Value};
use hegui_register::{Reason, RulingTarget};

/// Confidence of the bounds that samples are disclosed with.
const CONFIDENCE: f64 = 0.95;
/// How many of the findings behind a question are named.
const NAMED_FINDINGS: usize = 10;
/// Deepest part of an explanation that a report shows.
const DEPTH_LIMIT: u8 = 6;

/// The stages in their order, the general requirements first.
pub const STAGES: [&str; 9] =
    ["general", "collect", "use", "store", "disclose", "provide", "transfer", "export", "terminate"];

impl Assessment<'_> {
    /// The whole assessment as reports show it.
    #[must_use]
    pub fn report(&self) -> Report {
        let rollup = self.rollup();
        let findings = self.findings();
        let questions = self.question_views();
        let things: usize = self.things.iter().map(hegui_logic::bits::Bits::count).sum();
        let tally = tally(&findings);
        Report {
            format: FORMAT.to_owned(),
            catalog: self.catalog_view(),
            as_of: format_date(self.object.as_of),
            known_on: format_date(self.object.known_on),
            closing: self.object.closing,
            organisation: self.organisation(),
            products: self.products(),
            summary: Summary {
                tally,
                questions: questions.len(),
                requirements: self.evaluation.selected.len(),
                things,
                exit: exit(&rollup, &tally),
            },
            dimensions: self.dimensions(&rollup),
            indicators: self.indicators(&rollup),
            findings,
            questions,
            assumptions: self.assumptions(),
            evidence: self.evidence(),
        }
    }

    fn catalog_view(&self) -> CatalogView {
        let profile = self.catalog.profiles.get(&self.object.profile);
        CatalogView {
            hash: self.catalog.hash.clone(),
            logic: self.catalog.logic.clone(),
            profile: self.object.profile.clone(),
            profile_title: profile.map(|p| p.title.clone()).unwrap_or_default(),
            instruments: profile
                .into_iter()
                .flat_map(|p| &p.instruments)
                .filter_map(|id| self.catalog.instruments.get(id))
                .map(|i| InstrumentView {
                    id: i.id.clone(),
                    title: i.title.clone(),
                    status: i.status.clone(),
                })
                .collect(),
        }
    }

    fn organisation(&self) -> Option<String> {
        let kind = self.catalog.schema.kind_named("organisation")?;
        (self.assessed.universe.table(kind).rows > 0).then(|| self.thing_view(kind, 0).name)
    }

    fn products(&self) -> Vec<ThingView> {
        let Some(kind) = self.catalog.schema.kind_named("product") else { return vec![] };
        (0..self.assessed.universe.table(kind).rows as u32).map(|row| self.thing_view(kind, row)).collect()
    }

    fn thing_view(&self, kind: KindId, row: u32) -> ThingView {
        ThingView { path: self.thing(kind, row), name: self.name(kind, row) }
    }

    fn dimensions(&self, rollup: &Rollup) -> Vec<DimensionView> {
        let taken = crate::scope::clauses(self.catalog, &self.object.profile);
        let clauses: Vec<(usize, &Clause)> = self.catalog.clauses.iter().enumerate().collect();
        clauses
            .iter()
            .filter(|(_, c)| c.kind == ClauseKind::Dimension)
            .filter(|(_, dimension)| {
                let belongs =
                    |c: &Clause| c.dimension == dimension.number && c.instrument == dimension.instrument;
                clauses.iter().any(|(index, c)| taken.contains(index) && belongs(c))
            })
            .map(|(index, clause)| DimensionView {
                instrument: clause.instrument.clone(),
                number: clause.number.clone(),
                title: clause.title.clone(),
                standing: standing(rollup.wholes.get(*index)),
                cells: STAGES
                    .iter()
                    .filter_map(|stage| {
                        let (_, _, cell) = rollup.cells.iter().find(|(i, s, _)| i == index && s == stage)?;
                        Some(CellView { stage: (*stage).to_owned(), standing: view(cell) })
                    })
                    .collect(),
            })
            .collect()
    }

    fn indicators(&self, rollup: &Rollup) -> Vec<IndicatorView> {
        let clauses: Vec<(usize, &Clause)> = self.catalog.clauses.iter().enumerate().collect();
        let taken = crate::scope::clauses(self.catalog, &self.object.profile);
        clauses
            .iter()
            .filter(|(_, c)| c.kind == ClauseKind::Indicator)
            .filter(|(index, indicator)| {
                let part = |(other, c): &(usize, &Clause)| {
                    taken.contains(other) && (other == index || rollup::is_part(self.catalog, c, indicator))
                };
                clauses.iter().any(part)
            })
            .map(|(index, indicator)| IndicatorView {
                instrument: indicator.instrument.clone(),
                number: indicator.number.clone(),
                title: indicator.title.clone(),
                dimension: indicator.dimension.clone(),
                aggregate: indicator.aggregate,
                standing: standing(rollup.wholes.get(*index)),
                clauses: clauses
                    .iter()
                    .filter(|(other, c)| {
                        taken.contains(other)
                            && (other == index || rollup::is_part(self.catalog, c, indicator))
                    })
                    .map(|(other, c)| clause_view(c, rollup.clauses.get(*other)))
                    .collect(),
            })
            .collect()
    }

    /// The findings: gaps first, then unknown, met and not applicable, in the order of clauses.
    #[must_use]
    pub fn findings(&self) -> Vec<FindingView> {
        let seeker = self.seeker();
        let mut findings = vec![];
        for index in &self.evaluation.selected {
            let (Some(requirement), Some(Some(outcomes))) =
                (self.catalog.requirements.get(*index), self.evaluation.outcomes.get(*index))
            else {
                continue;
            };
            let Some(kind) = requirement.scope else { continue };
            let Some(things) = self.things.get(kind.0 as usize) else { continue };
            for row in things.iter_ones() {
                let outcome = outcomes.get(row);
                let mut finding = self.explained(&seeker, *index, kind, row as u32, outcome);
                // What may be ruled on next has its fingerprint at hand; `finding` makes any other.
                if matches!(outcome, Outcome::Gap | Outcome::Unknown) || finding.ruling.is_some() {
                    finding.fingerprint = self.fingerprint(&seeker, &[*index], row as u32);
                }
                findings.push(finding);
            }
            if requirement.strength == Strength::Shall {
                findings.extend(self.existence(requirement, kind));
            }
        }
        let rank = |outcome: Outcome| match outcome {
            Outcome::Gap => 0,
            Outcome::Unknown => 1,
            Outcome::Met => 2,
            Outcome::NotApplicable => 3,
        };
        findings.sort_by_key(|f| rank(f.outcome));
        findings
    }

    /// One finding, by the requirement's index and the thing's row, with its fingerprint.
    #[must_use]
    pub fn finding(
        &self,
        seeker: &Seeker<'_>,
        index: usize,
        kind: KindId,
        row: u32,
        outcome: Outcome,
    ) -> FindingView {
        let fingerprint = self.fingerprint(seeker, &[index], row);
        FindingView { fingerprint, ..self.explained(seeker, index, kind, row, outcome) }
    }

    fn explained(
        &self,
        seeker: &Seeker<'_>,
        index: usize,
        kind: KindId,
        row: u32,
        outcome: Outcome,
    ) -> FindingView {
        let Some(requirement) = self.catalog.requirements.get(index) else {
            return self.blank(&Requirement::default(), kind, row);
        };
        let mut finding = self.blank(requirement, kind, row);
        finding.outcome = outcome;
        finding.computed = self.evaluation.overruled.get(&(index, row)).copied();
        finding.ruling = self.ruling_on(requirement, kind, row).map(ruling_view);
        finding.sample = self.sample(index, row);
        finding.missing = seeker.missing(index, row).iter().map(|key| self.assessed.path(key)).collect();
        finding.because = self.because(seeker, index, row, outcome);
        finding
    }

    fn blank(&self, requirement: &Requirement, kind: KindId, row: u32) -> FindingView {
        let thing = self.thing_view(kind, row);
        let product = self.catalog.schema.kind_named("product");
        let clause = self.catalog.clause(&requirement.instrument, &requirement.clause);
        FindingView {
            requirement: requirement.id.clone(),
            clause: requirement.clause.clone(),
            instrument: requirement.instrument.clone(),
            thing: thing.path,
            name: thing.name,
            product: product.zip(self.belonging.product_of(kind, row)).map(|(p, row)| self.thing(p, row)),
            stage: clause.map(|c| c.stage.clone()).unwrap_or_default(),
            strength: requirement.strength,
            outcome: Outcome::Unknown,
            computed: None,
            ruling: None,
            sample: None,
            existence: false,
            missing: vec![],
            because: vec![],
            text: requirement.text.clone(),
            remedy: requirement.remedy.clone(),
            replaced_by: requirement.replaced_by.iter().map(|r| r.requirement.clone()).collect(),
            fingerprint: String::new(),
        }
    }

    /// Unknown because there may be things that nobody has mentioned.
    fn existence(&self, requirement: &Requirement, kind: KindId) -> Vec<FindingView> {
        let mut findings = vec![];
        for (step, rows) in self.open_steps(kind) {
            for row in rows {
                let mut finding = self.blank(requirement, step.above, row);
                finding.existence = true;
                finding.missing =
                    vec![self.assessed.path(&FactKey::Complete(step.above, row, step.relation))];
                findings.push(finding);
            }
        }
        findings
    }

    fn sample(&self, index: usize, row: u32) -> Option<SampleView> {
        let (_, _, key) = self.sampled.iter().find(|(i, r, _)| (*i, *r) == (index, row))?;
        let observations = self.assessed.provenance(key).observations;
        let sample = observations.into_iter().filter(|o| o.counts).find_map(|o| o.sample)?;
        let (size, deviations) = (sample.size as u32, sample.deviations as u32);
        Some(SampleView {
            fact: self.assessed.path(key),
            population: sample.population,
            method: sample.method,
            seed: sample.seed.and_then(|s| u64::try_from(s).ok()),
            size,
            deviations,
            bound: sampling::upper_bound(size, deviations, CONFIDENCE),
        })
    }

    /// Why: of a requirement that does not apply its condition, of all others condition and check.
    fn because(&self, seeker: &Seeker<'_>, index: usize, row: u32, outcome: Outcome) -> Vec<ReasonView> {
        let mut lines = vec![];
        let Some((when, check)) = seeker.bound(index) else { return lines };
        if let Some(when) = when {
            self.reasons(&when.explain(row), 0, &mut lines);
        }
        if outcome != Outcome::NotApplicable {
            self.reasons(&check.explain(row), 0, &mut lines);
        }
        lines
    }

    fn reasons(&self, part: &Explanation, depth: u8, into: &mut Vec<ReasonView>) {
        let about = part.member.map(|(kind, relation, row)| {
            let to = self.catalog.schema.kind(kind).relation(relation).to;
            self.thing_view(to, row)
        });
        into.push(ReasonView {
            depth,
            expression: part.quote.clone(),
            truth: part.truth,
            about,
            facts: part.facts.iter().map(|(key, value)| self.fact_view(key, *value)).collect(),
        });
        if depth < DEPTH_LIMIT {
            part.parts.iter().for_each(|part| self.reasons(part, depth + 1, into));
        }
    }

    /// A fact with its value in words and where it comes from.
    #[must_use]
    pub fn fact_view(&self, key: &FactKey, value: Option<Value>) -> FactView {
        FactView {
            path: self.assessed.path(key),
            value: value.map(|value| {
                let thing = |kind, row| self.name(kind, row);
                words::words(self.catalog, &self.assessed.universe, key, value, &thing)
            }),
            unknown: value.is_none().then(|| reason(&self.assessed.reason(key)).to_owned()),
            origin: self.origin(key),
        }
    }

    fn origin(&self, key: &FactKey) -> Option<OriginView> {
        let provenance = self.assessed.provenance(key);
        if let Some(ruling) = provenance.ruling {
            return Some(OriginView {
                source: "ruling".to_owned(),
                by: Some(ruling.by),
                on: Some(format_date(ruling.on)),
                reasons: Some(ruling.reasons),
                place: format!("{}:{}", ruling.place.file, ruling.place.line),
                inherited: provenance.inherited_from,
                ..OriginView::default()
            });
        }
        // The last observation that counts speaks for those that agree with it.
        let observed = provenance.observations.into_iter().rfind(|o| o.counts)?;
        Some(OriginView {
            source: observed.source.name().to_owned(),
            by: observed.by,
            on: observed.on.map(format_date),
            evidence: observed.evidence,
            reasons: observed.reasons,
            place: format!("{}:{}", observed.place.file, observed.place.line),
            inherited: provenance.inherited_from,
        })
    }

    /// All questions as they are put, the weightiest first.
    #[must_use]
    pub fn question_views(&self) -> Vec<QuestionView> {
        self.questions().iter().map(|question| self.question_view(question)).collect()
    }

    fn question_view(&self, question: &Question) -> QuestionView {
        let mut view = match &question.key {
            FactKey::Fact(kind, row, field) => self.fact_question(*kind, *row, *field),
            FactKey::Complete(kind, row, relation) => self.complete_question(*kind, *row, *relation),
            FactKey::Outcome(clause, kind, row) => self.ruling_question(clause, *kind, *row),
            FactKey::Calendar => calendar_question(),
        };
        view.fact = self.assessed.path(&question.key).trim_end_matches(" (complete)").to_owned();
        view.unknown = reason(&self.assessed.reason(&question.key)).to_owned();
        view.settles = question.settles;
        view.concerns = question.concerns;
        view.weight = question.weight;
        view.who_title = self.catalog.roles.get(&view.who).cloned().unwrap_or_default();
        view.findings = question
            .findings
            .iter()
            .take(NAMED_FINDINGS)
            .filter_map(|(index, row)| {
                let requirement = self.catalog.requirements.get(*index)?;
                Some((requirement.id.clone(), self.thing(requirement.scope?, *row)))
            })
            .collect();
        view
    }

    fn fact_question(&self, kind: KindId, row: u32, field: hegui_logic::schema::FieldId) -> QuestionView {
        let definition = self.catalog.schema.kind(kind).field(field);
        let entry = self.catalog.fact(kind, field).cloned().unwrap_or_default();
        let (answer, choices) = match definition.ty {
            Type::Bool => ("bool", vec![]),
            Type::Int => ("int", vec![]),
            Type::Decimal => ("decimal", vec![]),
            Type::Date => ("date", vec![]),
            Type::Duration => ("duration", vec![]),
            Type::Text => ("text", vec![]),
            Type::Enum(values) => ("enum", self.choices(values)),
            Type::Set(values) => ("set", self.choices(values)),
            Type::Thing(_) => ("ref", vec![]),
        };
        QuestionView {
            thing: self.thing_view(kind, row),
            text: entry.question,
            who: entry.who,
            evidence: entry.evidence,
            answer: answer.to_owned(),
            choices,
            ..blank_question()
        }
    }

    fn choices(&self, values: hegui_logic::schema::EnumId) -> Vec<(String, Text)> {
        let words = self.catalog.values.get(values.0 as usize);
        self.catalog
            .schema
            .values(values)
            .iter()
            .enumerate()
            .map(|(place, code)| {
                (code.clone(), words.and_then(|w| w.get(place)).cloned().unwrap_or_default())
            })
            .collect()
    }

    fn complete_question(&self, kind: KindId, row: u32, relation: RelationId) -> QuestionView {
        let definition = self.catalog.schema.kind(kind).relation(relation);
        let (members, _) = self.assessed.universe.members(kind, row, relation);
        let title =
            self.catalog.kinds.get(definition.to.0 as usize).map(|k| k.title.clone()).unwrap_or_default();
        let thing = self.thing_view(kind, row);
        let named: Vec<String> =
            members.iter().take(6).map(|member| self.name(definition.to, *member)).collect();
        let text = if members.is_empty() {
            Text {
                zh: format!("「{}」有没有{}？没有的，说明“无”；有的，请列出。", thing.name, title.zh),
                en: format!(
                    "“{}”: is there any of this kind, “{}”? Say that there is none, or list them.",
                    thing.name, title.en
                ),
            }
        } else {
            let more = if members.len() > named.len() { "…" } else { "" };
            Text {
                zh: format!("「{}」的{}是否已全部列出（{}{more}）？", thing.name, title.zh, named.join("、")),
                en: format!(
                    "“{}”: is this list complete? {}: {}{more}",
                    thing.name,
                    title.en,
                    named.join(", ")
                ),
            }
        };
        QuestionView {
            thing,
            text,
            who: self.who_lists(definition.to),
            answer: "complete".to_owned(),
            ..blank_question()
        }
    }

    /// Who can say which things of a kind there are: whoever answers most of its facts.
    fn who_lists(&self, kind: KindId) -> String {
        let mut counts = std::collections::BTreeMap::<&str, usize>::new();
        for fact in self.catalog.kinds.get(kind.0 as usize).into_iter().flat_map(|k| &k.facts) {
            if !fact.generated && !fact.judgement && !fact.who.is_empty() {
                *counts.entry(&fact.who).or_default() += 1;
            }
        }
        let most = counts.into_iter().max_by_key(|(who, n)| (*n, std::cmp::Reverse(*who)));
        most.map_or_else(|| "privacy".to_owned(), |(who, _)| who.to_owned())
    }

    fn ruling_question(&self, clause: &str, kind: KindId, row: u32) -> QuestionView {
        let thing = self.thing_view(kind, row);
        let title = self
            .catalog
            .clauses
            .iter()
            .find(|c| c.number == clause)
            .map(|c| c.title.clone())
            .unwrap_or_default();
        QuestionView {
            text: Text {
                zh: format!(
                    "综合各项特性，「{}」是否符合 {clause}（{}）？请作出评定并说明理由。",
                    thing.name, title.zh
                ),
                en: format!(
                    "Weighing all its characteristics, does “{}” satisfy {clause} ({})? Give a ruling with reasons.",
                    thing.name, title.en
                ),
            },
            thing,
            who: "assessor".to_owned(),
            answer: "ruling".to_owned(),
            ..blank_question()
        }
    }

    /// What conclusions rest on without being checked.
    fn assumptions(&self) -> Vec<AssumptionView> {
        let mut found = self.complete_assumptions();
        found.extend(self.judgement_assumptions());
        found.extend(self.rulings.iter().filter(|r| !r.stale).map(|r| self.ruling_assumption(r)));
        found.extend(self.sampled.iter().map(|(_, _, key)| AssumptionView {
            kind: "sample".to_owned(),
            path: self.assessed.path(key),
            statement: Text {
                zh: "该事实依据抽样得出。".to_owned(),
                en: "this fact rests on a sample".to_owned(),
            },
            origin: self.origin(key),
        }));
        found.dedup_by(|a, b| (&a.kind, &a.path) == (&b.kind, &b.path));
        found
    }

    /// "These are all", list by list; what was said once for everything below is named once.
    fn complete_assumptions(&self) -> Vec<AssumptionView> {
        let mut found = vec![];
        for (kind, relation) in self.relations_read() {
            let title = self.kind_title(self.catalog.schema.kind(kind).relation(relation).to);
            let Some(members) = self.assessed.universe.table(kind).relations.get(relation.0 as usize) else {
                continue;
            };
            let Some(things) = self.things.get(kind.0 as usize) else { continue };
            let mut blankets =
                std::collections::BTreeMap::<String, (usize, usize, Option<OriginView>)>::new();
            for row in members.closed.and(things).iter_ones() {
                let row = row as u32;
                let key = FactKey::Complete(kind, row, relation);
                let origin = self.origin(&key);
                let n = members.of(row).len();
                match origin.as_ref().and_then(|o| o.inherited.clone()) {
                    Some(above) => {
                        let blanket = blankets.entry(above).or_insert((0, 0, origin));
                        blanket.0 += 1;
                        blanket.1 += n;
                    }
                    None => found.push(AssumptionView {
                        kind: "complete".to_owned(),
                        path: self.assessed.path(&key),
                        statement: closed_list(&self.name(kind, row), &title, n),
                        origin,
                    }),
                }
            }
            let (below, name) = (self.kind_title(kind), self.relation_name(kind, relation));
            found.extend(blankets.into_iter().map(|(above, (lists, n, origin))| AssumptionView {
                kind: "complete".to_owned(),
                path: format!("{above}: {name} (complete)"),
                statement: Text {
                    zh: format!("各{}的{}均已全部列出（{lists} 份清单，共 {n} 项）。", below.zh, title.zh),
                    en: format!(
                        "every “{}”: the list of “{}” is complete ({lists} lists, {n} in all)",
                        below.en, title.en
                    ),
                },
                origin,
            }));
        }
        found
    }

    fn kind_title(&self, kind: KindId) -> Text {
        self.catalog.kinds.get(kind.0 as usize).map(|k| k.title.clone()).unwrap_or_default()
    }

    fn relation_name(&self, kind: KindId, relation: RelationId) -> String {
        let kind = self.catalog.schema.kind(kind);
        format!("{}.{}", kind.name, kind.relation(relation).name)
    }

    /// Relations that some selected requirement reads, or that lead down to its scope.
    fn relations_read(&self) -> std::collections::BTreeSet<(KindId, RelationId)> {
        let mut found = std::collections::BTreeSet::new();
        for requirement in self.evaluation.selected.iter().filter_map(|i| self.catalog.requirements.get(*i)) {
            for plan in
                [requirement.when_plan.as_ref(), requirement.check_plan.as_ref()].into_iter().flatten()
            {
                found.extend(plan.reads().into_iter().filter_map(|read| match read {
                    hegui_logic::plan::Read::Relation(kind, relation) => Some((kind, relation)),
                    _ => None,
                }));
            }
            for step in
                requirement.scope.into_iter().flat_map(|kind| crate::scope::steps(&self.catalog.schema, kind))
            {
                found.insert((step.above, step.relation));
            }
        }
        found
    }

    fn judgement_assumptions(&self) -> Vec<AssumptionView> {
        let mut read = std::collections::BTreeSet::new();
        for requirement in self.evaluation.selected.iter().filter_map(|i| self.catalog.requirements.get(*i)) {
            for plan in
                [requirement.when_plan.as_ref(), requirement.check_plan.as_ref()].into_iter().flatten()
            {
                read.extend(plan.reads());
            }
        }
        let mut found = vec![];
        for fact in read {
            let hegui_logic::plan::Read::Fact(kind, field) = fact else { continue };
            let Some(entry) = self.catalog.fact(kind, field).filter(|entry| entry.judgement) else {
                continue;
            };
            for row in 0..self.assessed.universe.table(kind).rows as u32 {
                let key = FactKey::Fact(kind, row, field);
                let Some(value) = self.assessed.universe.value(kind, row, field) else { continue };
                let thing = |kind, row| self.name(kind, row);
                let value = words::words(self.catalog, &self.assessed.universe, &key, value, &thing);
                found.push(AssumptionView {
                    kind: "judgement".to_owned(),
                    path: self.assessed.path(&key),
                    statement: Text {
                        zh: format!("{} {}", entry.question.zh, value.zh),
                        en: format!("{} {}", entry.question.en, value.en),
                    },
                    origin: self.origin(&key),
                });
            }
        }
        found
    }

    fn ruling_assumption(&self, ruled: &Ruled<'_>) -> AssumptionView {
        let ruling = ruled.ruling;
        let target = match &ruling.target {
            RulingTarget::Requirement(id) => id,
            RulingTarget::Clause(number) => number,
        };
        let (zh, en) = match ruling.outcome {
            Outcome::Met => ("符合", "met"),
            Outcome::Gap => ("不符合", "a gap"),
            Outcome::NotApplicable => ("不适用", "not applicable"),
            Outcome::Unknown => ("未知", "unknown"),
        };
        AssumptionView {
            kind: "ruling".to_owned(),
            path: format!("{target} @ {}", self.thing(ruling.kind, ruling.row)),
            statement: Text {
                zh: format!("{}评定为{zh}：{}", ruling.by, ruling.reasons),
                en: format!("{} ruled {en}: {}", ruling.by, ruling.reasons),
            },
            origin: Some(OriginView {
                source: "ruling".to_owned(),
                by: Some(ruling.by.clone()),
                on: Some(format_date(ruling.on)),
                reasons: Some(ruling.reasons.clone()),
                place: format!("{}:{}", ruling.place.file, ruling.place.line),
                ..OriginView::default()
            }),
        }
    }

    fn evidence(&self) -> Vec<EvidenceView> {
        self.register
            .evidence()
            .iter()
            .map(|e| EvidenceView {
                id: e.id.clone(),
                title: e.title.clone(),
                location: e.file.clone().or_else(|| e.url.clone()),
                sha256: e.sha256.clone(),
                on: e.on.map(format_date),
            })
            .collect()
    }
}

fn reason(reason: &Reason) -> &'static str {
    match reason {
        Reason::NeverStated => "never_stated",
        Reason::NotYet => "not_yet",
        Reason::Ended => "ended",
        Reason::Stale(_) => "stale",
        Reason::Conflict(_) => "conflict",
        // A relation's members are known and still it is open; a value hangs on another that is unknown.
        Reason::Known => "open",
    }
}

fn closed_list(name: &str, title: &Text, n: usize) -> Text {
    if n == 0 {
        return Text {
            zh: format!("「{name}」没有{}。", title.zh),
            en: format!("“{name}”: none of the kind “{}”", title.en),
        };
    }
    Text {
        zh: format!("「{name}」的{}共 {n} 项，没有其他。", title.zh),
        en: format!("“{name}”: the list of “{}” is complete, with {n}", title.en),
    }
}

fn blank_question() -> QuestionView {
    QuestionView {
        fact: String::new(),
        thing: ThingView { path: String::new(), name: String::new() },
        text: Text::default(),
        who: String::new(),
        who_title: Text::default(),
        evidence: Text::default(),
        answer: String::new(),
        choices: vec![],
        unknown: String::new(),
        settles: 0,
        concerns: 0,
        weight: 0.0,
        findings: vec![],
    }
}

fn calendar_question() -> QuestionView {
    QuestionView {
        text: Text {
            zh: "目录中的工作日历未覆盖所需年份：国务院办公厅公布该年节假日安排后补入。".to_owned(),
            en: "The catalog's working-day calendar does not reach that year; add it once the State Council has published it.".to_owned(),
        },
        who: "privacy".to_owned(),
        answer: "calendar".to_owned(),
        ..blank_question()
    }
}

fn ruling_view(ruled: &Ruled<'_>) -> RulingView {
    RulingView {
        outcome: Some(ruled.ruling.outcome),
        grade: match ruled.ruling.grade.as_deref() {
            Some("major") => Some(rollup::Grade::Major),
            Some("minor") => Some(rollup::Grade::Minor),
            _ => None,
        },
        by: ruled.ruling.by.clone(),
        role: ruled.ruling.role.clone(),
        on: format_date(ruled.ruling.on),
        reasons: ruled.ruling.reasons.clone(),
        stale: ruled.stale,
    }
}

fn clause_view(clause: &Clause, standings: Option<&Standings>) -> ClauseView {
    ClauseView {
        number: clause.number.clone(),
        kind: clause.kind,
        title: clause.title.clone(),
        stage: clause.stage.clone(),
        cites: clause.cites.clone(),
        reading: clause.reading.clone(),
        limits: clause.limits.clone(),
        on_gap: clause.on_gap.clone(),
        actions: clause
            .actions
            .iter()
            .map(|a| ActionView {
                method: a.method,
                sampling: a.sampling,
                derived: a.derived,
                text: a.text.clone(),
            })
            .collect(),
        standing: standing(standings).overall,
    }
}

fn standing(standings: Option<&Standings>) -> Standing {
    let mut overall = rollup::Standing::default();
    let standings = standings.map(Vec::as_slice).unwrap_or_default();
    for standing in standings {
        overall.join(standing);
    }
    Standing { overall: view(&overall), products: standings.iter().map(view).collect() }
}

fn view(standing: &rollup::Standing) -> StandingView {
    StandingView {
        verdict: standing.verdict,
        status: standing.verdict.status(),
        grade: standing.grade,
        tally: standing.tally,
    }
}

fn tally(findings: &[FindingView]) -> Tally {
    let mut tally = Tally::default();
    for finding in findings {
        tally.count(finding.outcome, finding.strength);
        tally.sampled += u32::from(finding.outcome == Outcome::Met && finding.sample.is_some());
    }
    tally
}

/// 1 when a nonconformity was found, 3 when something is still open (also when the profile holds clauses
/// whose requirements are not written yet), 0 when all is met.
fn exit(rollup: &Rollup, tally: &Tally) -> u8 {
    let verdicts = || rollup.wholes.iter().flatten().map(|s| s.verdict);
    if tally.gap > 0 || verdicts().any(|v| v == Verdict::NotProven) {
        1
    } else if tally.unknown > 0 || verdicts().any(|v| matches!(v, Verdict::ToBeJudged | Verdict::NotAssessed))
    {
        3
    } else {
        0
    }
}
