namespace BuildData;

/// <summary>
/// The store could not do what was asked: the disk is full, the file is no database, the directory can't be written.
/// The driver's error is the <see cref="Exception.InnerException"/>. An update that fails so has left nothing behind.
/// </summary>
public class StoreException : BuildDataException
{
    /// <summary>Thrown by stores.</summary>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
