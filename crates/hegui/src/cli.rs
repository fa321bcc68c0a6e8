//! What can be said on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// 合规：个人信息处理的法律合规评估 · personal-information compliance under Chinese law
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true, after_help = AFTER)]
pub struct Cli {
    /// 界面语言 · language (zh or en; default: the locale's, else Chinese)
    #[arg(long, global = true, value_enum)]
    pub lang: Option<Language>,
    /// 使用此文件夹中的目录，代替内置目录 · read the catalog from this folder instead of the built-in one
    #[arg(long, global = true, value_name = "DIR")]
    pub catalog: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

const AFTER: &str = "\
起步 · to begin:
  hegui init my-register      新建登记册骨架 · make a skeleton of a register
  hegui assess my-register    评估 · assess it
  hegui ask my-register       下一步该问什么 · what to ask next
退出状态 · exit status: 0 符合 all met, 1 有差距 gaps, 3 仅有未知 unknown only, 2 输入有误 bad input";

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Language {
    Zh,
    En,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// 逐条评估一个组织 · assess an organisation, clause by clause
    Assess(Assess),
    /// 由同一登记册写出其他文书 · write another paper from the same facts
    Paper(Paper),
    /// 下一步该问什么、问谁 · what to ask next, and whom
    Ask(Ask),
    /// 供人在纸上或表格里回答的问卷：写出、读入 · questionnaires for people who answer on paper: out and in
    #[command(subcommand)]
    Questions(Questions),
    /// 把回答连同来源写入登记册 · write an answer into the register, with where it comes from
    Answer(Answer),
    /// 对结果作出评定 · rule on an outcome
    Rule(Rule),
    /// 一项差距：允许怎样处置，已作何处置 · a gap: the ways to deal with it, and what was decided
    Gap(Gap),
    /// 说明一项结论从何而来 · explain how an outcome came about
    Explain(Explain),
    /// 逐个因素走完附录中的一项测试 · walk through the factors of a test of the appendices
    Weigh(Weigh),
    /// 新建登记册骨架 · make a commented skeleton of a register
    Init {
        /// 新文件夹 · the new folder
        dir: PathBuf,
    },
    /// 检查登记册 · say everything that is wrong with a register
    Check {
        /// 登记册文件夹 · the register's folder
        dir: PathBuf,
    },
    /// 登记册与工作簿之间的往返 · the register as a workbook, out and in again
    #[command(subcommand)]
    Register(Register),
    /// 法律条款目录 · the catalog of clauses and requirements
    #[command(subcommand)]
    Catalog(Catalog),
    /// 事实词典 · the dictionary of facts
    #[command(subcommand)]
    Fact(Fact),
    /// 哪些法律文件在施行、被什么取代 · which instruments are in force, and what took whose place
    Law(Law),
    /// 封存报告 · seal a report
    #[command(subcommand)]
    Report(Report),
    /// 离线核验封存的报告 · check a sealed report, offline
    Verify(Verify),
    /// 封存所用的密钥 · keys to seal with
    #[command(subcommand)]
    Key(Key),
    /// 运行中产生的账本 · the ledger that a running system keeps
    #[command(subcommand)]
    Ledger(Ledger),
    #[cfg(feature = "serve")]
    /// 运行平台：告知、同意、决策、账本 · run the platform: notices, consents, decisions, ledger
    Serve(Serve),
}

#[cfg(feature = "serve")]
#[derive(Args, Debug)]
pub struct Serve {
    /// 数据文件夹，没有则新建（见 docs/server.md） · the data folder, made where there is none
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// 监听地址（默认 127.0.0.1:8787；端口 0 即任一空闲端口） · where to listen (port 0: any free one)
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<std::net::SocketAddr>,
    /// 日志详略：error、warn、info、debug · how much is logged
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub log: String,
}

#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// 独立地重读并核验公开的账本 · read a published ledger again, independently, and check all of it
    Verify(LedgerVerify),
    /// 离线核验一条记录的证明 · check the proof of one entry, offline
    Proof {
        /// 证明文件，即 /log/proof/{index} 所给 · the proof, as /log/proof/{index} gives it
        file: PathBuf,
        /// 信任的账本公钥，或存放公钥的文件 · the ledger's public key, which you trust, or a file that holds it
        #[arg(long, value_name = "KEY")]
        key: String,
    },
}

#[derive(Args, Debug)]
pub struct LedgerVerify {
    /// 账本的公开文件夹，内有 checkpoint 与 tile/ · the published folder, with `checkpoint` and `tile/` in it
    pub dir: PathBuf,
    /// 信任的账本公钥，或存放公钥的文件 · the ledger's public key, which you trust, or a file that holds it
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// 先前留存的检查点，可重复：核对账本是否仍包含它 · a checkpoint kept from before: does the ledger still contain it? May be repeated
    #[arg(long = "kept", value_name = "FILE")]
    pub kept: Vec<PathBuf>,
    /// 认可的见证人公钥，或存放公钥的文件，可重复 · keys of witnesses that count, or files that hold one, may be repeated
    #[arg(long = "witness", value_name = "KEY")]
    pub witnesses: Vec<String>,
    /// 须有几位见证人签名（默认全部） · how many of them must have signed (default: all)
    #[arg(long, value_name = "N")]
    pub quorum: Option<usize>,
    /// 输出格式 · format
    #[arg(long, value_enum, default_value_t = AskFormat::Terminal)]
    pub format: AskFormat,
}

#[derive(Debug, Subcommand)]
pub enum Register {
    /// 把登记册写成工作簿，供人填写 · write the register as a workbook for people to fill in
    Export(RegisterExport),
    /// 读入工作簿或清单：先列出改动，加 --yes 才写入 · read a workbook or a list: shows what would change, writes with --yes
    Import(RegisterImport),
}

#[derive(Subcommand, Debug)]
pub enum Questions {
    /// 把待答问题写成问卷（.docx 或 .xlsx） · write the open questions as a questionnaire (.docx or .xlsx)
    Export(QuestionsExport),
    /// 读入填好的问卷：先列出改动，加 --yes 才写入 · read a questionnaire that was filled in: shows what would change, writes with --yes
    Import(RegisterImport),
}

#[derive(Args, Debug)]
pub struct QuestionsExport {
    #[command(flatten)]
    pub object: Object,
    /// 问卷，.docx 或 .xlsx · the questionnaire, .docx or .xlsx
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// 只问这一角色 · only for this role
    #[arg(long = "for", value_name = "ROLE")]
    pub role: Option<String>,
    /// 用语：文件或文件夹（见 docs/wording.md） · the wording: a file or folder
    #[arg(long, value_name = "PATH")]
    pub wording: Option<PathBuf>,
    #[command(flatten)]
    pub look: Look,
}

#[derive(Args, Debug)]
pub struct RegisterExport {
    /// 登记册文件夹 · the register's folder
    pub dir: PathBuf,
    /// 工作簿（.xlsx） · the workbook
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// 显示这一日的状态（默认今天） · the day whose state is shown (default: today)
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
}

#[derive(Args, Debug)]
pub struct RegisterImport {
    /// 工作簿（.xlsx）：export 写成的，或自有的清单；填好的问卷（.docx、.xlsx） · a workbook that export wrote, or a list of your own; a questionnaire filled in (.docx, .xlsx)
    pub file: PathBuf,
    /// 登记册文件夹，可以是新的 · the register's folder, which may be new
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// 写入；不加则只列出改动 · write; without it what would change is only shown
    #[arg(long, visible_alias = "apply")]
    pub yes: bool,
    /// 清单的标题对应哪些事实（TOML，可修改） · which facts a list's headings mean (TOML, to be edited)
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// 行内未写时，谁说的（默认工作簿的文件名） · who says it, where a row does not tell (default: the file's name)
    #[arg(long)]
    pub by: Option<String>,
    /// 行内未写时的来源：statement interview document inspection ledger judgement import · sort of source, where a row does not tell
    #[arg(long)]
    pub source: Option<String>,
    /// 行内未写时的情况所属日期（默认今天） · the day on which it was so, where a row does not tell (default: today)
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// 列出全部改动 · list all changes
    #[arg(long)]
    pub all: bool,
}

/// What is assessed, and as of when.
#[derive(Args, Debug)]
pub struct Object {
    /// 登记册文件夹 · the register's folder
    pub dir: PathBuf,
    /// 评估所依据的方案 · what to assess against
    #[arg(long, default_value = "full")]
    pub profile: String,
    /// 仅评估这些产品（标识） · only these products (ids)
    #[arg(long = "product", value_name = "ID")]
    pub products: Vec<String>,
    /// 仅评估这些活动（标识） · only these activities (ids)
    #[arg(long = "activity", value_name = "ID")]
    pub activities: Vec<String>,
    /// 评估基准日，如 2026-06-30（默认今天） · the date whose state and law count (default: today)
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// 只计入此日及以前获知的事实（默认今天） · what was learned after this date does not count (default: today)
    #[arg(long, value_name = "DATE")]
    pub known_on: Option<String>,
    /// 结束评估：未能证明的合法性基础作不符合 · close the assessment: a legal basis not proven does not conform
    #[arg(long)]
    pub close: bool,
}

#[derive(Args, Debug)]
pub struct Assess {
    #[command(flatten)]
    pub object: Object,
    /// 运行平台的数据文件夹：由其日志得出的事实并列于登记册 · the platform's data folder: facts that follow from its log stand beside the register's
    #[arg(long, value_name = "DIR")]
    pub ledger: Option<PathBuf>,
    /// 主密钥文件（默认取环境变量 HEGUI_MASTER_KEY） · the file of the master key (default: HEGUI_MASTER_KEY)
    #[arg(long, value_name = "FILE", requires = "ledger")]
    pub master_key: Option<PathBuf>,
    /// 输出格式 · format
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    pub format: Format,
    /// 写入文件 · write to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// 意见书用语：文件或文件夹（见 docs/wording.md） · the opinion's wording: a file or folder
    #[arg(long, value_name = "PATH")]
    pub wording: Option<PathBuf>,
    #[command(flatten)]
    pub look: Look,
}

#[derive(Args, Debug)]
pub struct Paper {
    /// 文书（见 --list），如 ropa · the paper (see --list), as in ropa
    #[arg(required = true)]
    pub id: Option<String>,
    #[command(flatten)]
    pub object: Option<Object>,
    /// 列出可写的文书 · list the papers
    #[arg(long, exclusive = true)]
    pub list: bool,
    /// 输出格式 · format
    #[arg(long, value_enum, default_value_t = PaperFormat::Md)]
    pub format: PaperFormat,
    /// 写入文件 · write to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// 用语与文书格式：文件或文件夹（见 docs/papers.md） · wording and forms: a file or folder
    #[arg(long, value_name = "PATH")]
    pub wording: Option<PathBuf>,
    #[command(flatten)]
    pub look: Look,
}

/// How a paper looks.
#[derive(Args, Debug, Default)]
pub struct Look {
    /// 本机构的模板（Word：.docx，见 docs/word.md；PDF：typst 文件） · a firm's own template (Word: a .docx, see docs/word.md; PDF: a typst file)
    #[arg(long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// 补充字体，用于内嵌字体缺少的字，可重复 · fonts for characters that those embedded lack, may be repeated
    #[arg(long, value_name = "FILE")]
    pub font: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Terminal,
    Json,
    Sarif,
    Oscal,
    Html,
    /// 评估工作簿：差距、发现、适用性声明、证据索引 · a workbook: gaps, findings, applicability, evidence
    Xlsx,
    /// 评估法律意见书（Markdown） · the assessment opinion as Markdown
    Md,
    /// 评估法律意见书（Word） · the assessment opinion as Word
    Docx,
    /// 评估法律意见书（PDF，需以 `--features pdf` 构建） · the assessment opinion as PDF; needs a build with `--features pdf`
    Pdf,
}

/// What a paper is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PaperFormat {
    /// Markdown
    Md,
    /// Word
    Docx,
    /// PDF（需以 `--features pdf` 构建） · PDF; needs a build with `--features pdf`
    Pdf,
}

#[derive(Args, Debug)]
pub struct Ask {
    #[command(flatten)]
    pub object: Object,
    /// 最多几个问题 · at most so many questions
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
    /// 只问这一角色（见 `hegui fact list`） · only for this role
    #[arg(long = "for", value_name = "ROLE")]
    pub role: Option<String>,
    /// 输出格式 · format
    #[arg(long, value_enum, default_value_t = AskFormat::Terminal)]
    pub format: AskFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AskFormat {
    Terminal,
    Json,
}

#[derive(Args, Debug)]
pub struct Answer {
    /// 登记册文件夹 · the register's folder
    pub dir: PathBuf,
    /// 事实，如 consent.signup.separate · the fact
    pub fact: String,
    /// 回答；关系填 complete 或 none · the answer; for a list `complete` (these are all) or `none`
    pub value: String,
    /// 谁说的或谁看到的 · who said or saw it
    #[arg(long)]
    pub by: String,
    /// 证据编号或位置，可重复 · ids or places of evidence, may be repeated
    #[arg(long)]
    pub evidence: Vec<String>,
    /// 来源：statement interview document inspection ledger sample judgement import · where it comes from
    #[arg(long, default_value = "interview")]
    pub source: String,
    /// 情况所属日期（默认今天） · the day on which it was so (default: today)
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// 理由（判断性事实必填） · reasons (needed where only a person can judge)
    #[arg(long)]
    pub reasons: Option<String>,
}

#[derive(Args, Debug)]
pub struct Rule {
    #[command(flatten)]
    pub object: Object,
    /// 要求或条款编号 · a requirement, or the number of a clause
    pub target: String,
    /// 对象，如 consent.signup · the thing
    pub thing: String,
    /// 评定结果 · the outcome
    #[arg(value_enum)]
    pub outcome: Ruled,
    /// 评定人 · who rules
    #[arg(long)]
    pub by: String,
    /// 评定人的角色 · in what role
    #[arg(long, default_value = "assessor")]
    pub role: String,
    /// 理由 · why
    #[arg(long)]
    pub reasons: String,
    /// 不符合的等级 · the grade of a nonconformity
    #[arg(long, value_enum)]
    pub grade: Option<Grade>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Ruled {
    Met,
    Gap,
    NotApplicable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Grade {
    Minor,
    Major,
}

#[derive(Args, Debug)]
pub struct Gap {
    #[command(flatten)]
    pub object: Object,
    /// 要求，如 6.6.7.1-separate · a requirement
    pub requirement: String,
    /// 对象，如 provision.ads · the thing
    pub thing: String,
    /// 处置方式；不给则只显示现状 · the way of dealing with it; left out: only show how it stands
    #[arg(long, value_enum)]
    pub way: Option<Way>,
    /// 谁决定 · who decides
    #[arg(long)]
    pub by: Option<String>,
    /// 决定人的角色 · in what role
    #[arg(long, default_value = "commissioner")]
    pub role: String,
    /// 决定日期（默认评估基准日） · the day of the decision (default: the date that counts)
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// 理由，或要做什么 · why, or what is to be done
    #[arg(long)]
    pub reasons: Option<String>,
    /// 责任人 · who sees to it
    #[arg(long)]
    pub owner: Option<String>,
    /// 完成期限 · by which day
    #[arg(long, value_name = "DATE")]
    pub due: Option<String>,
    /// 完成日期 · when it was done
    #[arg(long, value_name = "DATE")]
    pub done_on: Option<String>,
    /// 由人评定的风险 · the risk, as a person rates it
    #[arg(long, value_enum)]
    pub risk: Option<Risk>,
    /// 证据编号或位置，可重复 · ids or places of evidence, may be repeated
    #[arg(long)]
    pub evidence: Vec<String>,
}

/// The ways of dealing with a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// 调整 · adjust
    Adjust,
    /// 揭示 · disclose
    Disclose,
    /// 接受风险 · accept the risk
    Accept,
    /// 咨询监管部门 · consult the regulator
    Consult,
    /// 补偿 · compensate
    Compensate,
    /// 停止 · stop
    Stop,
}

impl Way {
    pub fn code(self) -> &'static str {
        match self {
            Self::Adjust => "adjust",
            Self::Disclose => "disclose",
            Self::Accept => "accept",
            Self::Consult => "consult",
            Self::Compensate => "compensate",
            Self::Stop => "stop",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Risk {
    Low,
    Medium,
    High,
}

impl Risk {
    pub fn code(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

#[derive(Args, Debug)]
pub struct Explain {
    #[command(flatten)]
    pub object: Object,
    /// 要求，如 6.6.7.1-separate · a requirement
    pub requirement: String,
    /// 对象，如 provision.order-courier · the thing
    pub thing: String,
}

#[derive(Args, Debug)]
pub struct Weigh {
    /// 测试编号，如 B.1（任何条款亦可） · a test, as in B.1 (any clause will do)
    pub test: String,
    #[command(flatten)]
    pub object: Object,
    /// 对象，如 basis.payroll-tax · the thing
    pub thing: String,
    /// 由谁评定；不给则只显示现状 · who weighs; left out: only show how it stands
    #[arg(long)]
    pub by: Option<String>,
    /// 已有回答的因素也再问 · ask for factors that have an answer too
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Subcommand)]
pub enum Catalog {
    /// 检查目录 · say what is wrong with the catalog
    Lint,
    /// 证明要求之间的对应关系（等同、包含） · prove what mappings claim: equal, subset, superset
    Prove,
    /// 列出条款与要求 · list clauses and requirements
    List,
    /// 一个条款或要求的全部内容 · all of a clause or requirement
    Show {
        /// 编号 · its number or id
        id: String,
    },
    /// 导出 · export
    Export {
        /// 格式 · format
        #[arg(long, value_enum, default_value_t = ExportFormat::Json)]
        format: ExportFormat,
        /// 写入文件 · write to a file
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// 目录的总数与完整性 · what the catalog holds, and what it lacks of its sources
    Stats {
        /// 格式 · format
        #[arg(long, value_enum, default_value_t = StatsFormat::Terminal)]
        format: StatsFormat,
    },
    /// 抽取若干要求供复核，顺序由目录的校验值决定 · draw requirements for a review, in an order that the catalog's hash decides
    Draw {
        /// 多少项 · how many
        #[arg(long, default_value_t = 60)]
        count: usize,
        /// 重复先前的抽取：当时的校验值 · repeat an earlier draw: the hash of that time
        #[arg(long)]
        seed: Option<String>,
    },
    /// 还缺哪些示例 · propose the cases that are still missing
    Cases {
        /// 要求 · the requirement's id
        id: String,
    },
    /// 写出条款手册（每条款一页，中英文） · write the handbook: a page a clause, in both languages
    Docs {
        /// 文件夹 · the folder
        dir: PathBuf,
    },
    /// 写出供编辑器使用的 JSON Schema · write JSON Schemas for editors
    Schemas {
        /// 文件夹 · the folder
        dir: PathBuf,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatsFormat {
    Terminal,
    Json,
}

#[derive(Args, Debug)]
pub struct Law {
    /// 只看这一件（简称，如 pipl） · only this one (its short name, as in pipl)
    pub instrument: Option<String>,
    /// 基准日（默认今天） · the day that counts (default: today)
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Fact {
    /// 列出事实 · list the facts
    List {
        /// 只列这一类对象 · only of this kind of thing
        kind: Option<String>,
    },
    /// 一项事实的全部内容 · all of one fact
    Show {
        /// 如 consent.separate · as in consent.separate
        path: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Report {
    /// 把报告、登记册和证据的校验值封存为一个签名的文件 · seal report, register and hashes of evidence in one signed file
    Seal(Seal),
}

#[derive(Args, Debug)]
pub struct Seal {
    #[command(flatten)]
    pub object: Object,
    /// 写入文件 · the package to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// 私钥文件，见 `hegui key new` · the secret key's file
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// 一并封存的文件（如意见书），可重复 · documents to seal with it (an opinion), may be repeated
    #[arg(long, value_name = "FILE")]
    pub with: Vec<PathBuf>,
    /// 一并封存证据原件；可能含个人信息，默认只封存其校验值 · seal the evidence itself too; it may hold personal data, by default only hashes are sealed
    #[arg(long)]
    pub evidence: bool,
}

#[derive(Args, Debug)]
pub struct Verify {
    /// 封存的文件 · the package
    pub package: PathBuf,
    /// 信任的公钥，或存放公钥的文件，可重复 · public keys that are trusted, or files that hold one, may be repeated
    #[arg(long = "key", value_name = "KEY")]
    pub keys: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub enum Key {
    /// 新建密钥 · make a key
    New {
        /// 私钥写入此文件 · the file for the secret half
        file: PathBuf,
        /// 密钥的名称，如 example.cn/firm · the key's name
        #[arg(long)]
        name: String,
    },
}
