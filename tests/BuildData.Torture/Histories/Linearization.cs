using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Histories;

/// <summary>
/// Looks for an order of concurrent calls, in which each took effect at one moment between its beginning and its end, that explains what
/// all of them returned and what is stored in the end.
/// </summary>
/// <remarks>
/// It is the search of Wing and Gong with the memory of Lowe: a depth-first search that never visits the same set of calls with the same
/// state twice. A call that was cut off, or whose outcome is unknown, may take effect at any later time or never.
/// </remarks>
internal sealed class Linearization
{
    // More would need gigabytes of memory.
    private const int MostPositions = 1_000_000;

    private readonly Call[] _calls;
    private readonly Call[] _failed;
    private readonly ProjectState? _observed;
    private readonly EarlyDifferences? _early;
    private readonly FinalValues? _final;
    private readonly bool _mayPassLocked;
    private readonly bool _mayLackLast;
    private readonly int _certain;
    private readonly HashSet<(string Done, ProjectState State)> _visited = [];
    private readonly Stack<Position> _path = new();
    private Position _deepest;
    private string? _differenceOfDeepest;

    private Linearization(IEnumerable<Call> calls, ProjectState start, ProjectState? observed, bool mayPassLocked, bool mayLackLast)
    {
        // What failed has stored nothing.
        _calls = [.. calls.Where(call => call.Outcome is not { Kind: OutcomeKind.Failed } && !(call is { IsUncertain: true, Operation: ReadOperation })).OrderBy(call => call.Began)];
        _failed = [.. calls.Where(call => call.Outcome is { Kind: OutcomeKind.Failed })];
        _observed = observed;
        (_mayPassLocked, _mayLackLast) = (mayPassLocked, mayLackLast);
        _certain = _calls.Count(call => !call.IsUncertain);
        if (observed is not null && !mayLackLast)
            (_early, _final) = (new EarlyDifferences(_calls, observed), new FinalValues(observed));
        _deepest = new Position(new bool[_calls.Length], 0, start);
    }

    /// <summary>Returns why no order explains the calls; null if one does.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="start">The state before all of them.</param>
    /// <param name="observed">What is stored after all of them; null if it was not read.</param>
    /// <param name="mayPassLocked">Whether a caller who takes the next request may pass one that another transaction has locked.</param>
    /// <param name="mayLackLast">Whether what is stored may lack the last calls of the order.</param>
    /// <param name="mostPositions">After how many positions the search gives up.</param>
    /// <exception cref="ViolationException">The search has given up, so it has proved nothing.</exception>
    public static string? FindViolation(
        IEnumerable<Call> calls, ProjectState start, ProjectState? observed, bool mayPassLocked = false, bool mayLackLast = false, int mostPositions = MostPositions)
    {
        var search = new Linearization(calls, start, observed, mayPassLocked, mayLackLast);
        return search.Search(mostPositions) ? null : search.Explain("No order explains the calls.");
    }

    private bool Search(int mostPositions)
    {
        _path.Push(_deepest);
        while (_path.TryPop(out Position? position))
        {
            if (_visited.Count > mostPositions)
                throw new ViolationException(Explain($"It is not known whether an order explains the calls: the search gave up after {mostPositions:N0} positions."));
            position = TakeWhatChangesNothing(position, out bool canBeStored);
            if (!canBeStored)
                continue;
            if (position.CertainDone > _deepest.CertainDone)
                (_deepest, _differenceOfDeepest) = (position, null);
            if ((_mayLackLast || position.CertainDone == _certain) && (_observed is null || StateComparison.FindDifference(position.State, _observed) is null))
                return true;

            // The last one pushed is visited first: the certain call that ended first.
            foreach (int index in Candidates(position).OrderByDescending(index => _calls[index].IsUncertain).ThenByDescending(index => _calls[index].Ended))
            {
                foreach (ProjectState state in ProjectModel.Apply(position.State, _calls[index], _mayPassLocked, out _))
                {
                    Position next = position.With(index, WithStoredIds(state, _calls[index]), isCertain: !_calls[index].IsUncertain);
                    if (CanBeStored(position, next, index))
                        Visit(next);
                }
            }
        }

        return false;
    }

    /// <summary>Returns a state in which what a cut-off call has added has the ids that are stored. Other calls may have returned these ids.</summary>
    private ProjectState WithStoredIds(ProjectState state, Call call) => call.IsUncertain && _observed is not null ? UnknownIds.Replace(state, _observed) : state;

    private void Visit(Position position)
    {
        if (_visited.Add((position.Key, position.State)))
            _path.Push(position);
    }

    /// <summary>Takes calls that may come now, fit the state and leave it as it is. To take them later can't help.</summary>
    private Position TakeWhatChangesNothing(Position position, out bool canBeStored)
    {
        canBeStored = true;
        while (canBeStored)
        {
            int index = Candidates(position).FirstOrDefault(
                index => !_calls[index].IsUncertain && ProjectModel.Apply(position.State, _calls[index], _mayPassLocked, out _).FirstOrDefault() is { } next && ReferenceEquals(next, position.State),
                -1);
            if (index < 0)
                return position;
            Position next = position.With(index, position.State, isCertain: true);
            canBeStored = CanBeStored(position, next, index);
            position = next;
        }

        return position;
    }

    private bool CanBeStored(Position before, Position after, int call)
    {
        if ((_early?.Find(after.State, after.Done, call) ?? _final?.FindDifference(before.State, after.State)) is not { } difference)
            return true;

        if (after.CertainDone > _deepest.CertainDone)
            (_deepest, _differenceOfDeepest) = (after, difference);
        return false;
    }

    /// <summary>Returns the calls that can be the next to take effect: those that began before any other one ended.</summary>
    private IEnumerable<int> Candidates(Position position)
    {
        long firstEnd = long.MaxValue;
        for (int i = 0; i < _calls.Length && _calls[i].Began < firstEnd; i++)
        {
            if (!position.Done[i] && !_calls[i].IsUncertain)
                firstEnd = Math.Min(firstEnd, _calls[i].Ended!.Value);
        }

        for (int i = 0; i < _calls.Length && _calls[i].Began < firstEnd; i++)
        {
            if (!position.Done[i])
                yield return i;
        }
    }

    // The reason comes last, because only the end of a long output may be kept.
    private string Explain(string result)
    {
        List<string> lines =
        [
            $"{result} The calls follow. Those with a question mark are not in the longest order, and those with an exclamation mark have failed.",
            .. _calls.Select((call, i) => $"{(_deepest.Done[i] ? "  " : "? ")}{call}"),
            .. _failed.Select(call => $"! {call}"),
            $"The model's state:\n{StateText.Of(_deepest.State)}",
            $"{result} The longest one has {_deepest.CertainDone} of {_certain} calls that ended.",
        ];
        foreach (int index in Candidates(_deepest))
        {
            _ = ProjectModel.Apply(_deepest.State, _calls[index], _mayPassLocked, out string expected);
            lines.Add($"Next could be {_calls[index]}, but the model: {expected}.");
        }

        if (_differenceOfDeepest is { } difference)
            lines.Add($"What is stored differs: {difference}");
        else if (_deepest.CertainDone == _certain && _observed is not null)
            lines.Add($"What is stored differs:\n{StateComparison.FindDifference(_deepest.State, _observed)}");
        return string.Join('\n', lines);
    }

    /// <summary>A state that a part of the calls leads to.</summary>
    /// <param name="Done">For each call, whether it has taken effect.</param>
    /// <param name="CertainDone">How many calls have, without those that may never take effect.</param>
    /// <param name="State">The state.</param>
    private sealed record Position(bool[] Done, int CertainDone, ProjectState State)
    {
        /// <summary>Gets a text that is the same for the same set of calls.</summary>
        public string Key => string.Create(Done.Length, Done, static (text, done) =>
        {
            for (int i = 0; i < done.Length; i++)
                text[i] = done[i] ? '1' : '0';
        });

        public Position With(int call, ProjectState state, bool isCertain)
        {
            bool[] done = [.. Done];
            done[call] = true;
            return new Position(done, CertainDone + (isCertain ? 1 : 0), state);
        }
    }
}
