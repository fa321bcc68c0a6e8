//! Every word that a report says of its own accord, in Chinese and English, in one table.
//!
//! What the catalog and the register say comes with the report; here stand headings, labels and
//! sentences. A message is a constant, so that one that is missing or misspelt does not compile;
//! `{name}` in a message is filled in by [`Message::fill`]. The tests hold both languages to be there
//! and to use the same names. The vocabulary is that of DESIGN §8.

use hegui_catalog::model::Lang;

/// A message in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Message {
    /// The message in a language.
    #[must_use]
    pub fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }

    /// The message with each `{name}` replaced by its value, in one pass: a value that holds braces
    /// stays as it is.
    #[must_use]
    pub fn fill(self, lang: Lang, values: &[(&str, &str)]) -> String {
        fill(self.get(lang), values)
    }
}

/// A text with each `{name}` replaced by its value, in one pass; a name without a value goes.
#[must_use]
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        out.push_str(values.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v));
        rest = tail;
    }
    out.push_str(rest);
    out
}

macro_rules! messages {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        $(#[doc = concat!("“", $zh, "”")] pub const $name: Message = Message { zh: $zh, en: $en };)*
        /// All messages with their names.
        pub const ALL: &[(&str, Message)] = &[$((stringify!($name), $name)),*];
    };
}

messages! {
    // The title block.
    TITLE: "个人信息处理合规评估报告", "Personal information compliance assessment";
    ORGANISATION: "被评估方", "assessee";
    ORGANISATION_UNNAMED: "（登记中未写明名称）", "(not named in the register)";
    PROFILE: "评估方案", "profile";
    INSTRUMENTS: "评估依据", "instruments";
    AS_OF: "评估基准日", "as of";
    KNOWN_ON: "认知截止日", "known on";
    STATE: "评估状态", "state";
    CLOSED: "已关闭", "closed";
    NOT_CLOSED: "进行中（未关闭）", "in progress (not closed)";
    CATALOG: "目录（SHA-256）", "catalog (SHA-256)";
    LOGIC: "逻辑版本", "logic";
    SCOPE: "评估范围", "object";
    SCOPE_COUNTS: "{products} 个产品，{things} 个事物，{requirements} 项要求，{findings} 项发现", "products {products}, things {things}, requirements {requirements}, findings {findings}";
    IN_FORCE: "现行有效", "in force";
    SUPERSEDED: "已被替代", "superseded";
    DRAFT: "草案，未生效", "draft, not in force";
    VOLUNTARY: "自愿性文件", "voluntary";

    // Verdicts and outcomes.
    MET: "符合", "conforming";
    MET_SAMPLED: "符合（抽样）", "conforming (sampled)";
    GAP: "不符合（差距）", "gap";
    GAP_SHORT: "差距", "gap";
    UNKNOWN: "未知", "unknown";
    NOT_APPLICABLE: "不适用", "not applicable";
    TO_BE_JUDGED: "待评定", "to be judged";
    NOT_PROVEN: "不符合（未能证明）", "non-conforming: not proven";
    NOT_ASSESSED: "目录尚未编写", "not in the catalog yet";
    OBSERVATION: "观察项", "observation";
    SHORT_GAP: "不符合", "gap";
    SHORT_NOT_PROVEN: "未能证明", "not proven";
    SHORT_NOT_ASSESSED: "未编写", "not written";
    SHORT_SAMPLED: "符合·抽样", "sampled";
    NO_CLAUSE: "目录中没有该环节的条款", "the catalog has no clause here";

    // Work status and grade.
    STATUS: "工作状态", "work status";
    STATUS_OPEN: "待补事实", "facts missing";
    STATUS_AWAITING: "待人工评定", "awaiting judgement";
    STATUS_SETTLED: "已完成", "settled";
    STATUS_NOT_WRITTEN: "条款未编写", "clause not written";
    GRADE: "严重程度", "grade";
    GRADE_MINOR: "一般", "minor";
    GRADE_MAJOR: "严重", "major";
    GRADE_NONE: "未评定", "not graded";
    VERDICT: "结论", "verdict";

    // Strength, aggregate, kinds of clauses, methods.
    SHALL: "应", "shall";
    SHOULD: "宜", "should";
    MAY: "可", "may";
    AGGREGATE_ALL: "各项均须符合", "every part must be met";
    AGGREGATE_ONE: "具备其一即可", "one part suffices";
    AGGREGATE_HOLISTIC: "由人综合评定", "judged as a whole";
    KIND_INDICATOR: "指标", "indicator";
    KIND_CHARACTERISTIC: "特性", "characteristic";
    KIND_EXEMPTION: "豁免", "exemption";
    KIND_EXTENSION: "扩展要求", "extension";
    KIND_STAGE_DIMENSION: "环节维度", "stage dimension";
    KIND_STAGE: "环节", "stage";
    KIND_DIMENSION: "维度", "dimension";
    WAYS: "差距可以：{ways}。", "A gap may be: {ways}.";
    PAST_STAYS: "事后调整不消除已经发生的违反。", "A later adjustment does not undo what has happened.";
    WAY_ADJUST: "在评估期间调整消除", "adjusted within the period of the assessment";
    WAY_DISCLOSE: "在评估法律意见书中揭示", "disclosed in the opinion";
    WAY_ACCEPT: "由有权者接受风险", "accepted as a risk by whoever may do so";
    WAY_CONSULT: "咨询监管部门", "put to the regulator";
    WAY_COMPENSATE: "予以补偿", "compensated";
    WAY_STOP: "停止处理", "met by ending the processing";
    HANDBOOK: "合规条款手册", "Handbook of clauses";
    HANDBOOK_NOTE: "由目录生成：每一条款一页，列出其理解、评估动作、要求、问题、示例、与其他文件的对应以及现行法律。", "Generated from the catalog: a page a clause, with its reading, the assessor's actions, requirements, questions, cases, mappings to other instruments, and the law today.";
    NOT_WRITTEN: "尚未编写", "not written yet";
    READING: "理解", "reading";
    LIMIT: "固有局限", "inherent limit";
    EXTENDS: "扩展的指标", "extends";
    LAW_TODAY: "现行法律", "the law today";
    ARTICLES: "条文要点", "Articles in a sentence";
    FIGURES: "数值", "Figures";
    CERTAINTY_STATED: "据二手来源", "from a secondary source";
    CERTAINTY_UNVERIFIED: "未核实", "not verified";
    MAPPINGS: "与其他要求的对应", "Mappings";
    STRICTER: "更严：", "stricter:";
    RELATION_EQUAL: "等同", "equal";
    RELATION_IMPLIES: "符合本项即符合该项", "whatever meets this meets that";
    RELATION_IMPLIED: "符合该项即符合本项", "whatever meets that meets this";
    RELATION_INTERSECTS: "部分重合", "asks for some of the same";
    RELATION_CONTRADICTS: "相互抵触", "contradicts";
    CASES: "示例", "Cases";
    ARTICLE_DUTY: "义务", "duty";
    ARTICLE_PROCEDURE: "程序", "procedure";
    ARTICLE_DEFINITION: "定义", "definition";
    ARTICLE_NO_DUTY: "不含义务", "no duty";
    ARTICLE_LOST: "原文佚失", "text lost";
    FATE_KEPT: "沿用", "kept";
    FATE_CHANGED: "改变", "changed";
    FATE_DROPPED: "未保留", "dropped";
    KIND_TEST: "测试", "test";
    KIND_ARTICLE: "条", "article";
    REVIEW: "查阅", "review";
    INTERVIEW: "访谈", "interview";
    VERIFY: "验证", "verify";
    TEST: "测试", "test";
    SAMPLE: "抽样", "sample";
    SAMPLING_ALLOWED: "可抽样", "may be sampled";
    DERIVED: "推导：原文没有评估要求", "derived: the source has none";

    // Stages.
    GENERAL: "通用", "general";
    COLLECT: "收集", "collect";
    USE: "使用", "use";
    STORE: "存储", "store";
    DISCLOSE: "公开", "disclose";
    PROVIDE: "提供", "provide";
    TRANSFER: "转移", "transfer";
    EXPORT: "出境", "export";
    TERMINATE: "终止", "terminate";

    // Truth, unknown facts, sources.
    TRUE: "成立", "holds";
    FALSE: "不成立", "does not hold";
    TRUTH_UNKNOWN: "未知", "unknown";
    NEVER_STATED: "从未说明", "never stated";
    NOT_YET: "当时尚不存在", "not yet so";
    ENDED: "已经结束", "ended";
    STALE: "已过时", "stale";
    CONFLICT: "来源相互矛盾", "sources conflict";
    DEVIATIONS: "抽样发现偏差", "a sample showed deviations";
    OPEN: "是否列全未知", "completeness not stated";
    SOURCE_STATEMENT: "陈述", "statement";
    SOURCE_INTERVIEW: "访谈", "interview";
    SOURCE_DOCUMENT: "文件", "document";
    SOURCE_INSPECTION: "检测", "inspection";
    SOURCE_LEDGER: "台账", "ledger";
    SOURCE_SAMPLE: "抽样", "sample";
    SOURCE_JUDGEMENT: "评定", "judgement";
    SOURCE_IMPORT: "导入", "import";
    SOURCE_RULING: "裁定", "ruling";
    INHERITED: "沿自 {thing}", "inherited from {thing}";
    EVIDENCE: "证据", "evidence";
    NO_EVIDENCE: "未附证据", "no evidence given";

    // Conclusions.
    CONCLUSIONS: "结论", "Conclusions";
    HEAD_GAP: "存在不符合", "Not conforming";
    HEAD_UNKNOWN: "尚不能得出结论", "No conclusion yet";
    HEAD_MET: "所评估的要求均符合", "What was assessed conforms";
    HEAD_NOTHING: "没有可适用的要求", "Nothing applies";
    SAY_INDICATORS: "共 {all} 项指标：符合 {met} 项（其中依据抽样 {sampled} 项），不符合 {gap} 项，未能证明 {not_proven} 项，未知 {unknown} 项，待评定 {judged} 项，不适用 {na} 项，目录尚未编写 {pending} 项。", "Indicators {all}: conforming {met} (of which on samples {sampled}), not conforming {gap}, not proven {not_proven}, unknown {unknown}, to be judged {judged}, not applicable {na}, not in the catalog yet {pending}.";
    SAY_FINDINGS: "逐项看：差距 {gap} 处，观察项 {observation} 处，未知 {unknown} 处，符合 {met} 处，不适用 {na} 处。", "Finding by finding: gaps {gap}, observations {observation}, unknown {unknown}, met {met}, not applicable {na}.";
    SAY_GAP_DIMENSIONS: "不符合的维度：{list}。", "Dimensions that do not conform: {list}.";
    SAY_MET_DIMENSIONS: "符合的维度：{list}。", "Dimensions that conform: {list}.";
    SAY_UNKNOWN_DIMENSIONS: "未知的维度：{list}。未知既不是符合，也不是差距；补齐事实后方能得出结论。", "Dimensions that are unknown: {list}. Unknown is neither a pass nor a gap: it takes facts to tell.";
    SAY_JUDGED_DIMENSIONS: "待评定的维度：{list}。所需事实已知，须由评估员综合评定。", "Dimensions to be judged: {list}. The parts are known; an assessor has to weigh them.";
    SAY_PENDING_DIMENSIONS: "目录尚未编写、本报告不作结论的维度：{list}。", "Dimensions that the catalog has not written yet, on which this report concludes nothing: {list}.";
    SAY_BASIS_GAP: "{clause} 的结论为不符合：合法性基础未在处理前识别，或者经检验不成立（见差距）。基础不成立的，宜考虑停止相关处理，并由评估员与评估委托方商定是否终止评估（5.2.2）。", "{clause} does not conform: a legal basis was not identified before processing began, or does not hold (see the gaps). Where none holds, ending that processing should be considered, and assessor and commissioner should agree whether to end the assessment (5.2.2).";
    SAY_BASIS_NOT_PROVEN: "{clause} 的结论为不符合（未能证明）：至评估关闭时，没有一项合法性基础得到证明。宜考虑停止相关处理，并由评估员与评估委托方商定是否终止评估（5.2.2）。", "{clause} is not proven: when the assessment was closed no legal basis had been shown to hold. Ending the processing should be considered, and assessor and commissioner should agree whether to end the assessment (5.2.2).";
    SAY_BASIS_WHERE: "涉及：{list}。", "Concerned: {list}.";
    SAY_MAJOR: "评为严重不符合的指标：{list}。", "Indicators graded as major nonconformities: {list}.";
    SAY_STALE: "{n} 项裁定所权衡的部分已有变化，裁定失效，须重新作出。", "Stale rulings: {n}. A part that they weighed has changed; they do not stand and have to be made again.";
    SAY_RULED: "{n} 项发现的结果出自人的裁定，与计算结果并列列出。", "Findings that stand as a person ruled: {n}. The computed outcome is shown beside each.";
    SAY_SAMPLED: "{n} 项发现依据抽样，只能得出“符合（抽样）”。", "Findings that rest on samples: {n}. They can at most be conforming (sampled).";
    SAY_LEFT_OUT: "{n} 项事实另有观察晚于基准日（{as_of}），或在认知截止日（{known_on}）之后才获知，未计入本次评估。", "Facts with an observation that was left out: {n}. It was made after the as-of date ({as_of}) or learned after the known-on date ({known_on}).";
    SAY_QUESTIONS: "尚有 {n} 个问题未答，见“待答问题”。", "Questions not answered yet: {n}; see “Open questions”.";
    SAY_NOT_CLOSED: "评估尚未关闭，以上结论随事实补充而变化。", "The assessment is not closed: what is said here changes as facts come in.";
    SAY_CLOSED: "评估已关闭：至关闭时仍未证明的合法性基础，按未能证明处理。", "The assessment is closed: a legal basis still unproven counts as not proven.";
    SAY_VOLUNTARY: "{title} 为自愿性文件，符合与否不等于是否合法；条款所引法律以其现行文本为准。", "{title} is voluntary: conforming to it is not the same as being lawful; the law that its clauses cite prevails in its text in force.";
    SAY_DRAFT: "{title} 为草案，未生效，结论仅供参考。", "{title} is a draft and not in force: conclusions on it are for orientation only.";
    SAY_SUPERSEDED: "{title} 已被替代，结论只就其当时文本而言。", "{title} has been superseded: conclusions speak of its text as it was.";
    LIST_COMMA: "、", ", ";

    // The heat map and tables.
    MAP: "维度与处理环节", "Dimensions and stages";
    MAP_NOTE: "每格为该维度在该环节的结论及各类发现的数目；“通用”列为各指标及其特性与扩展，环节列只计该环节的扩展要求。", "Each cell gives the verdict of a dimension at a stage and its findings by number; “general” holds the indicators with their characteristics and extensions, a stage only its extensions.";
    LEGEND: "图例", "key";
    DIMENSION: "维度", "dimension";
    PRODUCTS: "各产品结论", "Product by product";
    PRODUCT: "产品", "product";
    WHOLE_ORGANISATION: "组织整体", "organisation as a whole";
    OVERALL: "合计", "over all";
    INDICATORS: "指标与条款", "Indicators and clauses";
    INDICATORS_NOTE: "结论、工作状态与严重程度是三件事：结论由发现得出，工作状态说明还要做什么，严重程度只由人评定。", "Verdict, work status and grade are three things: the verdict follows from the findings, the work status says what is left to do, the grade is given by a person only.";
    CLAUSE: "条款", "clause";
    CLAUSE_TITLE: "名称", "title";
    STAGE: "环节", "stage";
    FINDINGS_COUNT: "发现", "findings";
    CITES: "依据条文", "citations";
    ACTIONS: "评估行动", "what the assessor does";
    ON_GAP: "差距的处理", "dealing with a gap";

    // Findings.
    GAPS: "差距", "Gaps";
    GAPS_NONE: "没有发现差距。", "No gaps were found.";
    OBSERVATIONS: "观察项（建议未采纳）", "Observations (recommendations not followed)";
    UNKNOWNS: "未知", "Unknown";
    UNKNOWNS_NOTE: "下列要求缺少事实，不能得出结论。每项列出所等待的事实；对应的问题见“待答问题”。", "Facts are missing for these requirements, so nothing is concluded. Each lists the facts it waits for; the questions stand under “Open questions”.";
    METS: "符合与不适用", "Conforming and not applicable";
    METS_NOTE: "折叠列出。每行为一项要求与一个事物，及其所依据的事实。打印时只印已展开的部分；需要全部时，先“全部展开”。", "Folded. Each line is one requirement and one thing, with the facts behind it. Only what is unfolded is printed: unfold all first to print everything.";
    METS_COUNTED: "本报告共 {n} 项发现，超过 {limit} 项：差距与未知全部列出，符合与不适用只按条款计数。逐项结果见 JSON 输出。", "This report has {n} findings, more than {limit}: gaps and unknowns are all listed, met and not-applicable ones counted by clause. The JSON output has each.";
    THINGS_CONCERNED: "涉及 {n} 处", "{n} concerned";
    REQUIREMENT: "要求", "requirement";
    THING: "事物", "thing";
    WHY: "理由", "why";
    FACTS: "事实", "facts";
    REMEDY: "整改", "remedy";
    WAITS_FOR: "等待的事实", "waits for";
    EXISTENCE: "下列事物之下可能还有未登记的：须先说明是否已列全。", "Beneath these there may be things that nobody has mentioned: first it must be said whether these are all.";
    ALL_LISTED: "是否已列全", "are these all?";
    REPLACED_BY: "由下列要求取代", "its place is taken by";
    COMPUTED: "计算结果", "computed";
    RULING: "裁定", "ruling";
    RULED: "裁定结果", "ruled";
    RULING_STALE: "已失效：所权衡的部分已变化，不再成立", "stale: a part that it weighed has changed; it does not stand";
    RULING_LOOSE: "未注明所权衡的部分：其变化时裁定不会自动失效", "not tied to its parts: it does not go stale when they change";
    DISPOSITION: "处置", "disposition";
    DECIDED_BY: "{by}（{role}）{on} 决定", "decided by {by} ({role}) on {on}";
    UNDECIDED: "尚未决定", "not decided yet";
    OWNER: "责任人", "owner";
    DUE: "期限", "due";
    DONE_ON: "完成", "done on";
    OVERDUE: "逾期", "overdue";
    RISK: "剩余风险", "risk that stays";
    RISK_LOW: "低", "low";
    RISK_MEDIUM: "中", "medium";
    RISK_HIGH: "高", "high";
    WAY_NOT_ALLOWED: "该条款不允许这样处置", "the clause does not allow this";
    FIRM: "评估机构", "assessor (firm)";
    COMMISSIONER: "评估委托方", "commissioner";
    OPINION_NUMBER: "意见书编号", "number of the opinion";
    SAY_DECIDED: "{n} 项差距中，{decided} 项已作处置决定（{done} 项已完成，{overdue} 项逾期），{open} 项尚未决定。", "Of {n} gaps, {decided} have a disposition ({done} done, {overdue} overdue); {open} are not decided yet.";
    RULING_BY: "{by}（{role}），{on}", "{by} ({role}), {on}";
    REASONS: "理由", "reasons";
    SAMPLED_FROM: "抽样：总体 {population}，{method}，抽取 {size}，偏差 {deviations}，种子 {seed}；以 95% 置信度，偏差率不超过 {bound}%。", "sample: population {population}, {method}, drawn {size}, deviations {deviations}, seed {seed}; with 95% confidence at most {bound}% deviate.";
    NO_SEED: "未记录", "not recorded";
    FINGERPRINT: "指纹", "fingerprint";

    // Questions and appendices.
    QUESTIONS: "待答问题", "Open questions";
    QUESTIONS_NONE: "没有待答问题。", "No questions are open.";
    QUESTIONS_NOTE: "按应询问的人分组，影响大的在前；就多个事物问同一问题的，只列一次。“可定”为只等其中一项事实的发现数，“关联”为等待其中一项事实的最多发现数。", "Grouped by whom to ask, the weightiest first; what is asked of several things stands once. “Settles” counts findings that wait for one of these facts alone, “concerns” the most that wait for one of them.";
    QUESTIONS_CUT: "共 {n} 组问题，列出影响最大的 {limit} 组。", "{n} groups of questions; the weightiest {limit} are listed.";
    QUESTION: "问题", "question";
    FACT: "事实", "fact";
    ANSWER: "回答", "answer";
    LOOK_AT: "可查看", "look at";
    SETTLES: "可定", "settles";
    CONCERNS: "关联", "concerns";
    WHY_UNKNOWN: "未知原因", "why unknown";
    ANSWER_BOOL: "是或否", "yes or no";
    ANSWER_INT: "整数", "a whole number";
    ANSWER_DECIMAL: "数", "a number";
    ANSWER_DATE: "日期", "a date";
    ANSWER_DURATION: "期间", "a duration";
    ANSWER_TEXT: "文字", "text";
    ANSWER_ENUM: "选一项", "one of";
    ANSWER_SET: "可选多项", "any of";
    ANSWER_REF: "指明事物", "name a thing";
    ANSWER_COMPLETE: "是否已列全", "whether these are all";
    ANSWER_RULING: "裁定并说明理由", "a ruling with reasons";
    ASSUMPTIONS: "结论所依据的假定", "What conclusions rest on";
    ASSUMPTIONS_NOTE: "下列各项由人说明或评定，结论以其为真为前提，本评估未另行核实。", "These were stated or judged by persons; conclusions take them to be true, and they were not checked otherwise.";
    ASSUMPTIONS_NONE: "没有此类假定。", "There are none.";
    ASSUME_COMPLETE: "“已列全”的声明", "Statements that these are all";
    ASSUME_JUDGEMENT: "评定", "Judgements";
    JUDGEMENTS_BY: "{by}的 {n} 项评定（{on}）：{question}", "{n} judgements by {by} ({on}): {question}";
    NOBODY: "未注明评定人", "somebody not named";
    ASSUME_RULING: "裁定", "Rulings";
    ASSUME_SAMPLE: "抽样", "Samples";
    STATEMENT: "内容", "statement";
    ORIGIN: "来源", "source";
    LIMITS: "固有局限", "Inherent limits";
    LIMITS_NOTE: "下列局限来自条款本身，应随结论一并披露。", "These limits come with the clauses and are to be disclosed with the conclusions.";
    READINGS: "对条款的理解", "Readings of clauses";
    READINGS_NOTE: "原文有缺陷或不明之处，本评估按下列理解适用。", "Where the source is defective or unclear it was read as follows.";
    NONE: "无。", "None.";
    EVIDENCE_INDEX: "证据索引", "Evidence";
    EVIDENCE_NOTE: "只列证据的名称、位置与校验值，不含其内容。", "What the evidence is, where it is, and its hash; never what is in it.";
    ID: "编号", "id";
    TITLE_COLUMN: "名称", "title";
    LOCATION: "位置", "location";
    DATE: "日期", "date";
    METHOD: "方法说明", "Method";
    METHOD_1: "每项要求对每个事物单独判断，结果为符合、差距、不适用或未知四者之一。判断采用三值逻辑（成立、不成立、未知）：缺少的事实若不影响结果，则不再追问；若影响结果，则为未知，并成为一个问题。", "Each requirement is judged for each thing and comes to met, gap, not applicable or unknown. Judging is three-valued (true, false, unknown): a missing fact that cannot change the result is not asked for; one that can makes it unknown and becomes a question.";
    METHOD_2: "未知既不是符合，也不是差距。没有登记的事物不视为不存在：除非有人说明“已列全”，否则相关要求为未知。", "Unknown is neither a pass nor a gap. What is not registered is not taken to be absent: unless somebody said that these are all, requirements about it are unknown.";
    METHOD_3: "只有“应”的要求会产生差距；“宜”的要求未采纳的，列为观察项。", "Only a “shall” makes a gap; a “should” that is not followed is an observation.";
    METHOD_4: "指标按条款的规则汇总：各项均须符合、具备其一即可，或由人综合评定。维度与产品的结论取其部分中最严重者。", "Indicators are rolled up by the rule of the clause: every part, one of them, or judged as a whole. A dimension or product stands as the most serious of its parts.";
    METHOD_5: "同一目录（以校验值为准）、同一登记、同一基准日与认知截止日，重新运行得到相同结果。本报告由程序根据登记的事实生成，不能替代法律意见。", "The same catalog (by its hash), register, as-of and known-on dates give the same result again. This report is computed from the facts in the register, and is no substitute for legal advice.";

    // Interface of the HTML page.
    CONTENTS: "目录", "Contents";
    FILTER: "筛选", "filter";
    FILTER_HINT: "条款、事物、事实……", "clause, thing, fact …";
    ALL_PRODUCTS: "全部产品", "all products";
    UNFOLD: "全部展开", "unfold all";
    FOLD: "全部折叠", "fold all";
    PRINT: "打印", "print";
    SHOWN: "显示", "shown";
    PAGE: "第 ", "page ";
    PAGE_OF: " 页，共 ", " of ";
    PAGE_END: " 页", "";

    // Terminal.
    GAPS_HEAD: "差距（{n}）", "Gaps ({n})";
    OBSERVATIONS_HEAD: "观察项（{n}）", "Observations ({n})";
    MORE: "…… 还有 {n} 项", "… {n} more";
    ASK_FIRST: "先问什么（{shown}／{n} 个问题，涉及 {facts} 项事实）", "What to ask first ({shown} of {n} questions, about {facts} facts)";
    ASKED_OF: "涉及 {n} 处：{list}", "asked of {n}: {list}";
    SETTLES_CONCERNS: "可定 {settles} 项，关联 {concerns} 项", "settles {settles}, concerns {concerns}";
    NEXT: "接下来", "What to do next";
    NEXT_ASK: "列出问题", "list the questions";
    NEXT_ANSWER: "回答一个问题", "answer one";
    NEXT_EXPLAIN: "一项发现的理由", "why a finding is so";
    NEXT_HTML: "完整报告", "the full report";
    AND_OTHERS: "等 {n} 处", "and others, {n} in all";
    LIKEWISE: "其余逐一照此回答", "and so for each of the others";
    SO: "结果", "outcome";
    ASKS: "要求", "asks";
    OF_PRODUCT: "所属产品", "product";

    // OSCAL: roles of those who take part, and the plan.
    ROLE_ASSESSEE: "被评估方", "assessee";
    ROLE_FIRM: "评估机构", "assessor's firm";
    ROLE_COMMISSIONER: "评估委托方", "commissioner";
    ROLE_LEAD: "评估组长", "lead assessor";
    ROLE_ASSESSOR: "评估员", "assessor";
    ROLE_EXPERT: "技术专家", "technical expert";
    ROLE_REVIEWER: "复核人", "reviewer";
    OSCAL_PLAN: "评估方案：目录中的一个方案，其校验值见本文件属性。", "the plan: a profile of the catalog whose hash stands in the properties of this document";
    RECOMMENDED: "建议", "recommendation";

    // SARIF.
    SARIF_REGISTER: "登记所在的文件夹", "the folder of the register";
    SARIF_GAP: "差距：{thing} 不符合 {clause}：{text}", "Gap: {thing} does not conform to {clause}: {text}";
    SARIF_OBSERVATION: "观察项：{thing} 未采纳 {clause}：{text}", "Observation: {thing} does not follow {clause}: {text}";
    SARIF_UNKNOWN: "未知：{thing} 就 {clause} 尚缺事实（{missing}）：{text}", "Unknown: for {thing} facts are missing ({missing}) to tell whether {clause} is met: {text}";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(n, _)| n).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_languages_say_everything_with_the_same_names() {
        for (key, message) in ALL {
            assert!(!message.zh.is_empty(), "{key} lacks Chinese");
            assert!(!message.en.is_empty() || *key == "PAGE_END", "{key} lacks English");
            assert_eq!(names(message.zh), names(message.en), "{key} names different values");
        }
    }

    #[test]
    fn chinese_messages_hold_no_english_words() {
        for (key, message) in ALL {
            let shown: String =
                message.zh.split('{').map(|s| s.split_once('}').map_or(s, |(_, tail)| tail)).collect();
            let shown = shown.replace("SHA-256", "").replace("JSON", "");
            assert!(!shown.chars().any(|c| c.is_ascii_alphabetic()), "{key}: {shown}");
        }
    }

    #[test]
    fn values_are_filled_in_once() {
        let message = Message { zh: "甲{a}乙{b}", en: "{b}-{a}" };
        assert_eq!(message.fill(Lang::Zh, &[("a", "{b}"), ("b", "x")]), "甲{b}乙x");
        assert_eq!(message.fill(Lang::En, &[("a", "1"), ("b", "2")]), "2-1");
    }
}
