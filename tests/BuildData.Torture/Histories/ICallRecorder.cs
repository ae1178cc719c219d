using BuildData.Torture.Model;

namespace BuildData.Torture.Histories;

/// <summary>Records the calls of one project, in the order in which they begin and end. Can be used from any thread.</summary>
internal interface ICallRecorder
{
    /// <summary>Records that a call begins.</summary>
    /// <returns>What names the call when it ends.</returns>
    int Begin(Operation operation, long masterId);

    /// <summary>Records how a call ended.</summary>
    void End(int call, Outcome outcome);
}
