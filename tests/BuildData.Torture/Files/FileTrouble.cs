using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>What goes wrong with a file while callers write to it.</summary>
internal abstract class FileTrouble : IDisposable
{
    /// <summary>Gets what a connection string needs to meet the trouble.</summary>
    public virtual string ConnectionKeywords => "";

    /// <summary>Gets the clock that the master has.</summary>
    public virtual TimeProvider Clock { get; } = new SteadyTime();

    /// <summary>Gets whether the time of a request can be earlier than that of one before it. Then the one that is next in line is not known.</summary>
    public virtual bool MovesClock => false;

    /// <summary>Gets the folder in which the file is to be; null for any.</summary>
    public virtual string? ParentFolder => null;

    /// <summary>Gets whether the trouble is over before the master is closed. Then the master must work again, and close without an error.</summary>
    public virtual bool EndsBeforeClosing => true;

    /// <summary>Gets whether the file is at the end one that lacks all calls.</summary>
    public virtual bool LosesCalls => false;

    /// <summary>Gets whether answers can be wrong. Then the calls have to make no sense, but their errors have to be typed.</summary>
    public virtual bool MayGiveWrongAnswers => false;

    /// <summary>Sets what else a master needs to meet the trouble.</summary>
    /// <param name="options">The options of the master.</param>
    /// <param name="file">The path of the database.</param>
    public virtual void Configure(BuildDataOptions options, string file)
    {
    }

    /// <summary>Prepares the trouble before callers write.</summary>
    public virtual Task Prepare(string file, Master master) => Task.CompletedTask;

    /// <summary>Makes trouble until it is told to end. All trouble is over when the task completes.</summary>
    /// <param name="file">The path of the database.</param>
    /// <param name="master">The master that has it open.</param>
    /// <param name="end">Tells it to end.</param>
    public abstract Task Make(string file, Master master, CancellationToken end);

    /// <summary>Goes on with the trouble when the master is closed. Everything is in order again when the task completes.</summary>
    /// <param name="file">The path of the database.</param>
    /// <param name="open">Opens the database with keywords for the connection string.</param>
    public virtual Task AfterClosing(string file, Func<string, Task<Master>> open) => Task.CompletedTask;

    public virtual void Dispose()
    {
    }
}
