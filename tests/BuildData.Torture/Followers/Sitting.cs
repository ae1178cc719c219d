using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>The time from the opening of a store to its closing, in which some write and others follow.</summary>
/// <param name="masters">The masters that have it open.</param>
/// <param name="records">What reads its events.</param>
/// <param name="address">Where the first master is served over HTTP; null if it is not.</param>
internal sealed class Sitting(IReadOnlyList<Master> masters, EventRecords records, Uri? address)
{
    /// <summary>The longest time that anything may take to arrive, or to end.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource<QuietState> _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isClosing;

    public IReadOnlyList<Master> Masters => masters;

    public EventRecords Records => records;

    /// <summary>Gets where the REST interface is; there must be one.</summary>
    public Uri Address => address!;

    public LoadProgress Progress { get; } = new();

    /// <summary>Gets a task that completes when nobody writes any more. It never does if the sitting is cut short.</summary>
    public Task<QuietState> Quiet => _quiet.Task;

    /// <summary>Gets whether the masters are being disposed, so that everything that follows them ends.</summary>
    public bool IsClosing => _isClosing;

    /// <summary>Returns the master that a follower uses.</summary>
    public Master Choose(Random random) => masters[random.Next(masters.Count)];

    /// <summary>Announces that nobody writes any more.</summary>
    public void BecomeQuiet(QuietState state)
    {
        _quiet.SetResult(state);
        Progress.End();
    }

    /// <summary>Announces that the masters are disposed next.</summary>
    public void Close()
    {
        _isClosing = true;
        Progress.End();
    }

    /// <summary>Creates the exception for an error that a follower may not get, or only while the sitting closes.</summary>
    public ViolationException Unexpected(string follower, Exception error) =>
        new($"{follower} ended with an exception that is not documented for this{(_isClosing ? ", while the master is disposed" : "")}: {error}");
}
