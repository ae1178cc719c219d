namespace BuildData.Benchmarks;

/// <summary>What a process of a race is told first.</summary>
/// <param name="Work">p1, p2 or p3.</param>
/// <param name="Contender">What does the work.</param>
/// <param name="ConnectionString">Leads to the contender's database.</param>
/// <param name="Index">Which of the contender's processes it is, from 0.</param>
/// <param name="Processes">How many processes the contender has.</param>
/// <param name="Rows">The rows that the work refers to.</param>
internal sealed record RacerStart(string Work, string Contender, string ConnectionString, int Index, int Processes, KnownRows Rows);

/// <summary>The rows that a database has from the beginning.</summary>
/// <param name="BuilderIds">The builders, which all callers share.</param>
/// <param name="WorkerId">The worker.</param>
/// <param name="MasterId">The master that the contenders without masters of their own claim and build as.</param>
/// <param name="Builds">How many builds wait for steps; their ids begin with 1.</param>
internal sealed record KnownRows(long[] BuilderIds, long WorkerId, long MasterId, long Builds);

/// <summary>A turn: what a line on the standard input asks a process for.</summary>
/// <param name="Callers">How many callers work at the same time.</param>
/// <param name="LeadIn">How long they work before their operations count, in seconds.</param>
/// <param name="Length">How long their operations count, in seconds.</param>
/// <param name="ClosesConnections">Whether idle connections are closed afterwards, because the other contenders need them.</param>
internal sealed record RacerTurn(int Callers, double LeadIn, double Length, bool ClosesConnections);
