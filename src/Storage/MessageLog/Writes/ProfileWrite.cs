using ImOrleans.Domain.Conversations;

namespace ImOrleans.Storage.MessageLog.Writes;

/// <summary>Writes what is known of a group.</summary>
internal sealed class ProfileWrite(ConversationKey key, long epoch, GroupProfile profile) : LogWrite<bool>
{
    public override void Ask(LogBatch batch) => batch.AskHead(key);

    public override void Apply(LogBatch batch)
    {
        Answer = batch.HeadOf(key)?.Head.Epoch == epoch;
        if (Answer)
            batch.Profiles[key] = profile;
    }
}
